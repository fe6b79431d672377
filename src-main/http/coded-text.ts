import { mayHoldEscapes } from '#contract/masking.ts'

/*
 * Letters and digits of ASCII may be coded where nothing asks for it: `%53` in an address, `&#x53;` or `&#83;` in HTML, `\u0053` in JSON.
 * Hardly any answer does; where one does, secrets are looked for in the text as it reads, too.
 */

const HEX = '3\\d|[46][1-9a-f]|[57][\\da]'
const DECIMAL = '4[89]|5[0-7]|6[5-9]|[78]\\d|9[0789]|1[01]\\d|12[0-2]'
const ENTITY = `&(?:amp;){0,3}#(?:0{0,20}(?<decimal>${DECIMAL})(?!\\d)|x0{0,20}(?<hex>${HEX})(?![\\da-f]));?`
const ESCAPE = `\\\\{1,8}u00(?<unit>${HEX})`
const HEX_ESCAPES = ['3', '4', '5', '6', '7'].map((digit) => `\\u00${digit}`)

/** Coded once, and at any depth. What is both may be the code of a percent sign with two digits behind it, which a secret may hold. */
const ONCE = codes(`%(?<byte>${HEX})`)
const NESTED = codes(`%(?:25){0,3}(?<byte>${HEX})`)

/** A pattern for each set of codes: backslashes and “&” are in most answers, and to stop at each would take longer than to parse them. */
function codes(byte: string): RegExp[] {
  return Array.from({ length: 8 }, (_, set) => {
    const alternatives = [byte, ENTITY, ESCAPE].filter((_code, index) => (set & (1 << index)) !== 0)
    return new RegExp(alternatives.join('|'), 'gi')
  })
}

/** Which codes may be in a text. */
function setOf(text: string): number {
  const hasEscape = mayHoldEscapes(text) && HEX_ESCAPES.some((start) => text.includes(start))
  const hasEntity = text.includes('&') && /&(?:amp;|#)/.test(text)
  return (text.includes('%') ? 1 : 0) + (hasEntity ? 2 : 0) + (hasEscape ? 4 : 0)
}

/** A text with its coded letters and digits as they read. */
export interface PlainText {
  readonly text: string
  /** Where in the original the characters from `start` to `end` stand. Ranges are asked for in their order. */
  readonly origin: (start: number, end: number) => { readonly start: number; readonly end: number }
}

/** The ways to read coded letters and digits in a text; none where it has none. One pass over the text for each; `onCode` is called for each code, and may throw. */
export function plainTexts(text: string, onCode: () => void): PlainText[] {
  const set = setOf(text)
  if (set === 0) return []
  const nested = decoded(text, NESTED[set], onCode)
  if (nested === null) return []
  const once = (set & 1) === 0 ? null : decoded(text, ONCE[set], () => undefined)
  return once === null || once.text === nested.text ? [nested] : [nested, once]
}

function decoded(text: string, codes: RegExp | undefined, onCode: () => void): PlainText | null {
  if (codes === undefined) return null
  codes.lastIndex = 0
  let plain = ''
  let copied = 0
  /** Of each code: where its character stands, and where the code begins and ends. */
  const places: number[] = []
  for (let code = codes.exec(text); code !== null; code = codes.exec(text)) {
    onCode()
    const { byte, decimal, hex, unit } = code.groups ?? {}
    const value = decimal === undefined ? parseInt(byte ?? hex ?? unit ?? '', 16) : Number(decimal)
    plain += text.slice(copied, code.index)
    places.push(plain.length, code.index, codes.lastIndex)
    plain += String.fromCharCode(value)
    copied = codes.lastIndex
  }
  if (places.length === 0) return null
  let next = 0
  /** Goes on from the last place that was asked for. */
  const originOf = (at: number): number => {
    while (next < places.length && (places[next] ?? 0) < at) next += 3
    if (places[next] === at) return places[next + 1] ?? 0
    return next === 0 ? at : (places[next - 1] ?? 0) + at - (places[next - 3] ?? 0) - 1
  }
  return {
    text: plain + text.slice(copied),
    origin: (start, end) => ({ start: originOf(start), end: originOf(end) }),
  }
}
