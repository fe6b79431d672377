import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** A place in which no secret may be. */
export interface Place {
  readonly name: string
  readonly bytes: Buffer
}

/** Fewer characters of Base64 than these are in any text by chance. */
const LEAST_BASE64 = 6

/**
 * The ways in which a secret can be written: unchanged, in JSON and JSON in JSON, in an address and its user's part,
 * twice over, in HTML, as UTF-16, and as Base64 of either alphabet at any offset. None is empty.
 */
export function formsOf(secret: string): Buffer[] {
  if (secret === '') return []
  const escaped = inJson(secret)
  const ascii = escaped.replace(
    /[^\x20-\x7e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  const jsons = [escaped, ascii, inJson(escaped), inJson(ascii), escaped.replaceAll('/', '\\/')]
  const encoded = [
    encodeURIComponent(secret),
    new URLSearchParams([['', secret]]).toString().slice(1),
    asPassword(secret),
  ]
  const addresses = [...encoded, ...encoded.map(encodeURIComponent), ...base64Forms(secret).map(encodeURIComponent)]
  const pages = [htmlEscaped(secret, NAMES), htmlEscaped(secret, {}), htmlEscaped(escaped, NAMES)]
  const forms = [
    secret,
    ...jsons,
    ...addresses,
    ...addresses.map((form) => form.replace(/%../g, (code) => code.toLowerCase())),
    ...pages,
    ...base64Forms(secret),
  ]
  return [...new Set(forms)].flatMap((form) => [Buffer.from(form), Buffer.from(form, 'utf16le')])
}

const inJson = (text: string): string => JSON.stringify(text).slice(1, -1)

/** As an address carries it before its host. */
function asPassword(secret: string): string {
  const url = new URL('http://user@host')
  url.password = secret
  return url.password
}

const NAMES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

const htmlEscaped = (text: string, names: Readonly<Record<string, string>>): string =>
  text.replace(/[&<>"']/g, (sign) => names[sign] ?? `&#${sign.charCodeAt(0)};`)

/** What Base64 makes of a secret behind any text and before any other: the characters that depend on it alone. */
function base64Forms(secret: string): string[] {
  // A log-in is written in ISO 8859-1.
  const ways = [Buffer.from(secret), Buffer.from(secret, 'latin1')]
  const forms = [0, 1, 2, 3, 4, 5].map((index) => {
    const offset = index % 3
    const bytes = Buffer.concat([Buffer.alloc(offset), ways[index < 3 ? 0 : 1] ?? Buffer.alloc(0)])
    return bytes.toString('base64').slice(Math.ceil((offset * 8) / 6), Math.floor((bytes.length * 8) / 6))
  })
  return [...forms, ...forms.map((form) => form.replaceAll('+', '-').replaceAll('/', '_'))].filter(
    ({ length }) => length >= LEAST_BASE64,
  )
}

/** Which of `secrets`, by their names, are found where. */
export function findSecrets(secrets: Readonly<Record<string, string>>, places: readonly Place[]): string[] {
  return Object.entries(secrets).flatMap(([name, secret]) => {
    const forms = formsOf(secret)
    return places
      .filter(({ bytes }) => forms.some((form) => bytes.includes(form)))
      .map((place) => `${name} in ${place.name}`)
  })
}

/** Every file below a folder. */
export function filesBelow(folder: string): Place[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).flatMap((name): Place[] => {
    try {
      const path = join(folder, name)
      return statSync(path).isFile() ? [{ name, bytes: readFileSync(path) }] : []
    } catch (error) {
      // Chromium, which has just ended, may still tidy up.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
      throw error
    }
  })
}
