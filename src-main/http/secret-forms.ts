/**
 * How a secret may be spelled in an answer: unchanged; as in JSON, an address, HTML or a mail, once or nested; and in
 * Base64 or as the digits of its bytes, alone or behind something else. Letters and digits stand for themselves:
 * `plainTexts` decodes encoded ones. Sources of regular expressions; every repetition in them is limited, so that no
 * answer makes them slow.
 */

/** Of a longer one, both ends are looked for, this much of each: a pattern has a limited size, too. */
const END = 60

/** Shorter pieces of Base64 occur by chance. */
const LEAST_BASE64 = 8

/** Shorter runs of digits occur by chance. */
const LEAST_HEX = 10

/** What may be between the digits of two bytes. */
const BETWEEN_BYTES = '[ :,-]?'

/** A shorter piece is in many texts, and a longer one in hardly fewer. */
const PIECE = { least: 3, most: 12 }

/** `PIECE.most` parts of a run, which most forms begin with, so that these need not be read in parts. */
const BEGINS_WITH_PIECE = /^(?:\[ :,-\]\?|(?:[A-Za-z\d]|\[\w+\])(?![?*+{])){12}/

/**
 * A part of a form that is in every text which holds the form: a run of its letters and digits. The source of a small
 * regular expression; null if there is no such run.
 */
export function pieceOf(form: string): string | null {
  const [begins] = BEGINS_WITH_PIECE.exec(form) ?? []
  if (begins !== undefined) return begins
  let [depth, run, longest]: [number, string[], string[]] = [0, [], []]
  const parts = /\[ :,-\]\?|(?:[A-Za-z\d]|\[\w+\])(?![?*+{])|\\.|\[[^\]]*\]|[^]/g
  for (const [part] of form.matchAll(parts)) {
    if (part === '(') depth += 1
    const isOfRun = depth === 0 && (part === BETWEEN_BYTES || /^(?:[A-Za-z\d]|\[\w+\])$/.test(part))
    run = isOfRun ? [...run, part] : []
    if (part === ')') depth -= 1
    if (run.length > longest.length) longest = run
    if (longest.length === PIECE.most) break
  }
  return longest.length < PIECE.least ? null : longest.join('')
}

/** A text in all spellings; for a long one, its two ends. `inAnyCase`: capitals and small letters are the same. */
export function openForms(text: string, { inAnyCase }: { readonly inAnyCase: boolean }): string[] {
  return ends(text).map((part) =>
    part.replace(inAnyCase ? /\\+|[^\d\\]/gu : /\\+|[^A-Za-z\d\\]/gu, (found) => {
      if (found.startsWith('\\')) return backslashes(found.length)
      return (inAnyCase ? IN_ANY_CASE : AS_IT_IS)[found.codePointAt(0) ?? 0] ?? inAllSpellings(found, inAnyCase)
    }),
  )
}

function inAllSpellings(character: string, inAnyCase: boolean): string {
  const cases = inAnyCase ? casesOf(character) : [character]
  return /[A-Za-z]/.test(character) ? `[${cases.join('')}]` : `(?:${cases.map(spelled).join('|')})`
}

/** Some have a capital of two letters (`ß`), which is not looked for. */
function casesOf(character: string): string[] {
  const cases = new Set([character, character.toLowerCase(), character.toUpperCase()])
  return [...cases].filter(({ length }) => length === character.length)
}

/** A text in UTF-8, and in ISO 8859-1, as a log-in is written. */
function written(text: string): Buffer[] {
  const [wide, narrow] = [Buffer.from(text, 'utf8'), Buffer.from(text, 'latin1')]
  return wide.length === narrow.length ? [wide] : [wide, narrow]
}

/** The bytes of a text as hexadecimal digits, side by side or apart; nothing if that could be chance. */
export function hexForms(text: string): string[] {
  return written(text).flatMap((bytes) => {
    if (bytes.length * 2 < LEAST_HEX) return []
    return [bytes.subarray(0, END), bytes.subarray(Math.max(END, bytes.length - END))]
      .filter(({ length }) => length * 2 >= LEAST_HEX)
      .map((part) => Array.from(part, (byte) => HEX_OF_BYTES[byte]).join(BETWEEN_BYTES))
  })
}

/** The Base64 of a text, whatever is before and behind it; nothing if that could be chance. */
export function base64Forms(text: string): string[] {
  return written(text).flatMap(base64FormsOf)
}

function base64FormsOf(text: Buffer): string[] {
  return [0, 1, 2].flatMap((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), text])
    // Characters that contain bits of neighbours are left out at both ends.
    const own = bytes.toString('base64').slice(before === 0 ? 0 : before + 1, Math.floor((bytes.length * 8) / 6))
    return own.length < LEAST_BASE64
      ? []
      : ends(own).map((part) => part.replace(/[+/]/g, (sign) => (sign === '+' ? PLUS : SLASH)))
  })
}

const PLUS = '(?:[+-]|%(?:25){0,3}2[bB]|\\\\{1,8}u002[bB])'
const SLASH = '(?:\\\\{0,8}\\/|_|%(?:25){0,3}2[fF]|\\\\{1,8}u002[fF])'

function ends(text: string): string[] {
  const characters = [...text]
  return characters.length <= 2 * END ? [text] : [characters.slice(0, END).join(''), characters.slice(-END).join('')]
}

const CONTROL: Readonly<Record<string, string>> = { '\b': 'b', '\t': 't', '\n': 'n', '\f': 'f', '\r': 'r' }

/** One character that is neither letter, digit nor backslash. */
function spelled(character: string): string {
  const code = character.codePointAt(0) ?? 0
  const bytes = [...Buffer.from(character, 'utf8')]
  const spellings = [
    plainly(character),
    Array.from({ length: character.length }, (_, index) => `\\\\{1,8}u${hex(character.charCodeAt(index), 4)}`).join(''),
    bytes.map((byte) => `%(?:25){0,3}${hex(byte, 2)}`).join(''),
    numericEntity(code),
    ...(character === ' ' ? ['\\+'] : []),
    ...(CONTROL[character] === undefined ? [] : [`\\\\{1,8}${CONTROL[character]}`]),
    // HTML 5 has a name for nearly every symbol (`&sol;`), old scripts write `%u00DF`, and JavaScript `\xDF`.
    '&(?:amp;){0,3}[A-Za-z][A-Za-z\\d]{1,30};',
    Array.from({ length: character.length }, (_, index) => `%u${hex(character.charCodeAt(index), 4)}`).join(''),
    ...(code <= 0xff ? [`(?:\\\\{1,8}x|%(?:25){0,3})${hex(code, 2)}`] : []),
    // Quoted-printable, and bytes as Python writes them.
    ...['=', '\\\\{1,8}x'].map((mark) => bytes.map((byte) => mark + hex(byte, 2)).join('')),
    // UTF-8 read as Latin-1, and the replacement characters of a decoder.
    ...(code > 0x7f ? [Buffer.from(character, 'utf8').toString('latin1'), '\ufffd{1,4}'] : []),
  ]
  return `(?:${spellings.join('|')})`
}

/** As it is, with the backslashes that JSON puts in front of some characters, more with each level of nesting. */
function plainly(character: string): string {
  if (character === '"' || character === '/') return `\\\\{0,8}\\${character}`
  if (character === '&') return '&(?:amp;){0,3}'
  return /[\^$.*+?()[\]{}|-]/.test(character) ? `\\${character}` : character
}

/**
 * All characters of a run are spelled the same way. It is matched only from its beginning, or a long run would be
 * scanned again from every position.
 */
function backslashes(count: number): string {
  const spellings = [
    `(?<!\\\\)\\\\{${count},${8 * count}}`,
    `(?:\\\\{1,8}u005[cC]){${count}}`,
    `(?:%(?:25){0,3}5[cC]){${count}}`,
    `(?:${numericEntity(0x5c)}|&(?:amp;){0,3}bsol;){${count}}`,
    `(?:(?:\\\\{1,8}x|=)5[cC]){${count}}`,
  ]
  return `(?:${spellings.join('|')})`
}

function numericEntity(code: number): string {
  return `&(?:amp;){0,3}#(?:0{0,6}${code}|[xX]0{0,6}${hex(code, 1)});?`
}

/** With its hexadecimal digits in either case. */
function hex(code: number, length: number): string {
  return [...code.toString(16).padStart(length, '0')]
    .map((digit) => (/[a-f]/.test(digit) ? `[${digit}${digit.toUpperCase()}]` : digit))
    .join('')
}

/** Of ASCII they are made once: a load balancer may renew a long cookie with each answer. */
const asciiSpellings = (inAnyCase: boolean): readonly string[] =>
  Array.from({ length: 0x80 }, (_, code) => inAllSpellings(String.fromCodePoint(code), inAnyCase))
const AS_IT_IS = asciiSpellings(false)
const IN_ANY_CASE = asciiSpellings(true)
const HEX_OF_BYTES: readonly string[] = Array.from({ length: 0x100 }, (_, byte) => hex(byte, 2))
