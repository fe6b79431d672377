import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** A place in which no secret may be. */
export interface Place {
  readonly name: string
  readonly bytes: Buffer
}

/** The ways in which a secret can be written: as it is, in JSON, in an address, as UTF-16, and as Base64 at any offset. */
export function formsOf(secret: string): Buffer[] {
  const escaped = JSON.stringify(secret).slice(1, -1)
  const ascii = escaped.replace(/[^\x20-\x7e]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
  // Whatever stands before it shifts Base64 by up to two characters; the ends depend on the neighbours and are left out.
  const base64 = ['', 'a', 'ab'].map((before) => Buffer.from(before + secret).toString('base64').slice(before === '' ? 0 : 4, -4))
  return [...new Set([secret, escaped, ascii, encodeURIComponent(secret), ...base64])].flatMap((form) => [Buffer.from(form), Buffer.from(form, 'utf16le')])
}

/** Which of `secrets`, by their names, are found where. */
export function findSecrets(secrets: Readonly<Record<string, string>>, places: readonly Place[]): string[] {
  return Object.entries(secrets).flatMap(([name, secret]) => {
    const forms = formsOf(secret)
    return places.filter(({ bytes }) => forms.some((form) => bytes.includes(form))).map((place) => `${name} in ${place.name}`)
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
