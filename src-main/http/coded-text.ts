import { mayHoldEscapes } from '#contract/masking.ts'

/*
 * ASCII letters and digits may be encoded without need: `%53` in an address, `&#x53;` or `&#83;` in HTML, `\u0053` in
 * JSON, `\x53` in a script, `=53` in quoted-printable, which also breaks lines anywhere. Hardly any answer does that;
 * in one that does, secrets are also looked for in the decoded text.
 */

const HEX = '3\\d|[46][1-9a-f]|[57][\\da]'
const DECIMAL = '4[89]|5[0-7]|6[5-9]|[78]\\d|9[0789]|1[01]\\d|12[0-2]'
const ENTITY = `&(?:amp;){0,3}#(?:0{0,20}(?<decimal>${DECIMAL})(?!\\d)|x0{0,20}(?<hex>${HEX})(?![\\da-f]));?`
const ESCAPE = `\\\\{1,8}(?:u00(?<unit>${HEX})|x(?<short>${HEX}))`
const HEX_ESCAPES = ['3', '4', '5', '6', '7'].map((digit) => `\\u00${digit}`)
/**
 * An encoded line break stands for nothing. Addresses are full of texts like `=41` (`?id=412`): that is a code only
 * next to another one.
 */
const QUOTED = `=(?:\\r?\\n|(?:\\\\{1,8}r)?\\\\{1,8}n)|=(?<first>${HEX})(?==[\\da-f]{2})|(?<==[\\da-f]{2})=(?<next>${HEX})`

/**
 * Decodes one level, or all of them. A text that could be either may be an encoded percent sign followed by two digits,
 * and a secret may contain that.
 */
const ONCE = codes(`%(?<byte>${HEX})`)
const NESTED = codes(`%(?:25){0,3}(?<byte>${HEX})`)
const QUOTED_TOO = 8

/**
 * One pattern per set of encodings: most answers contain backslashes and “&”, and stopping at each would take longer
 * than parsing.
 */
function codes(byte: string): (RegExp | null)[] {
  return Array.from({ length: 16 }, (_, set) => {
    const alternatives = [byte, ENTITY, ESCAPE, QUOTED].filter((_code, index) => (set & (1 << index)) !== 0)
    return alternatives.length === 0 ? null : new RegExp(alternatives.join('|'), 'gi')
  })
}

/** Which encodings may occur in a text. */
function setOf(text: string): number {
  const hasEscape =
    (mayHoldEscapes(text) && HEX_ESCAPES.some((start) => text.includes(start))) ||
    (text.includes('x') && /\\x[3-7]/.test(text))
  const hasEntity = text.includes('&') && /&(?:amp;|#)/.test(text)
  return (text.includes('%') ? 1 : 0) + (hasEntity ? 2 : 0) + (hasEscape ? 4 : 0) + (mayBeQuoted(text) ? QUOTED_TOO : 0)
}

/** An equals sign at the end of a line, or one close to another. No pattern is as fast in finding that. */
function mayBeQuoted(text: string): boolean {
  for (let at = text.indexOf('='); at >= 0; at = text.indexOf('=', at + 1)) {
    const next = text.charAt(at + 1)
    if (next === '\n' || next === '\r' || text.charAt(at + 3) === '=') return true
    if (next === '\\' && /^\\{1,8}[rn]/.test(text.slice(at + 1, at + 10))) return true
  }
  return false
}

/** A text with its encoded letters and digits decoded. */
export interface PlainText {
  readonly text: string
  /** The place in the original of the characters from `start` to `end`. Call with ranges in ascending order. */
  readonly origin: (start: number, end: number) => { readonly start: number; readonly end: number }
}

/**
 * The ways to decode letters and digits in a text; none if it has no encoded ones. One pass over the text for each;
 * `onCode` is called for each code, and may throw.
 */
export function plainTexts(text: string, onCode: () => void): PlainText[] {
  const set = setOf(text)
  const nested = decoded(text, NESTED[set], onCode)
  if (nested === null) return []
  // An equals sign usually stands for itself; other encodings are read along with it.
  const unquoted = set & ~QUOTED_TOO
  const others = [
    unquoted === set ? null : decoded(text, NESTED[unquoted], ignore),
    nested.isNested ? decoded(text, ONCE[unquoted], ignore) : null,
  ]
  return [nested, ...others.filter((plain) => plain !== null)]
}

const ignore = (): void => undefined

interface Decoded extends PlainText {
  /** Some percent sign is itself encoded. */
  readonly isNested: boolean
}

function decoded(text: string, codes: RegExp | null | undefined, onCode: () => void): Decoded | null {
  if (codes == null) return null
  codes.lastIndex = 0
  let plain = ''
  let copied = 0
  let isNested = false
  /**
   * For each code: where its decoded text begins and ends in the plain text, and where the code itself does in the
   * original.
   */
  const places: number[] = []
  for (let code = codes.exec(text); code !== null; code = codes.exec(text)) {
    onCode()
    plain += text.slice(copied, code.index)
    places.push(plain.length)
    plain += readingOf(code.groups ?? {})
    places.push(plain.length, code.index, codes.lastIndex)
    copied = codes.lastIndex
    isNested ||= code.groups?.byte !== undefined && code[0].length > '%41'.length
  }
  if (places.length === 0) return null
  let next = 0
  /** Continues from the last position that was asked for. */
  const originOf = (at: number): number => {
    while (next < places.length && (places[next] ?? 0) < at) next += 4
    if (places[next] === at) return places[next + 2] ?? 0
    return next === 0 ? at : (places[next - 1] ?? 0) + at - (places[next - 3] ?? 0)
  }
  return {
    text: plain + text.slice(copied),
    origin: (start, end) => ({ start: originOf(start), end: originOf(end) }),
    isNested,
  }
}

function readingOf(groups: Readonly<Record<string, string | undefined>>): string {
  if (groups.decimal !== undefined) return String.fromCharCode(Number(groups.decimal))
  const digits = groups.byte ?? groups.hex ?? groups.unit ?? groups.short ?? groups.first ?? groups.next
  return digits === undefined ? '' : String.fromCharCode(parseInt(digits, 16))
}
