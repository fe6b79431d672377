/**
 * How a secret may be spelled in an answer: as it is, as JSON, an address or HTML writes it, once or nested, and in Base64, of
 * itself or behind something else. Letters and digits are written as they are: `plainTexts` reads coded ones. Sources of regular expressions;
 * every repetition in them has a limit, so that no answer makes them slow.
 */

/** Of a longer one both ends are looked for, this much of each: a pattern has a size, too. */
const END = 60

/** Shorter pieces of Base64 occur by chance. */
const LEAST_BASE64 = 8

/** A text in all spellings; of a long one, its two ends. */
export function openForms(text: string): string[] {
  return ends(text).map((part) =>
    part.replace(/\\+|[^A-Za-z\d\\]/gu, (found) =>
      found.startsWith('\\') ? backslashes(found.length) : spelled(found),
    ),
  )
}

/** What Base64 makes of a text, whatever stands before and behind it; nothing where that could be chance. */
export function base64Forms(text: string): string[] {
  return [0, 1, 2].flatMap((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(text, 'utf8')])
    // Characters that hold bits of neighbours are left out at both ends.
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
const ENTITY: Readonly<Record<string, string>> = { '<': 'lt', '>': 'gt', '"': 'quot', "'": 'apos', '\u00a0': 'nbsp' }

/** One character that is neither letter, digit nor backslash. */
function spelled(character: string): string {
  const code = character.codePointAt(0) ?? 0
  const spellings = [
    plainly(character),
    Array.from({ length: character.length }, (_, index) => `\\\\{1,8}u${hex(character.charCodeAt(index), 4)}`).join(''),
    [...Buffer.from(character, 'utf8')].map((byte) => `%(?:25){0,3}${hex(byte, 2)}`).join(''),
    numericEntity(code),
    ...(character === ' ' ? ['\\+'] : []),
    ...(CONTROL[character] === undefined ? [] : [`\\\\{1,8}${CONTROL[character]}`]),
    ...(ENTITY[character] === undefined ? [] : [`&(?:amp;){0,3}${ENTITY[character]};`]),
    // HTML 5 has a name for nearly every sign (`&sol;`), old scripts write `%u00DF`, and JavaScript `\xDF`.
    '&(?:amp;){0,3}[A-Za-z]{2,8};',
    Array.from({ length: character.length }, (_, index) => `%u${hex(character.charCodeAt(index), 4)}`).join(''),
    ...(code <= 0xff ? [`(?:\\\\{1,8}x|%(?:25){0,3})${hex(code, 2)}`] : []),
    // UTF-8 read as Latin-1, and what a decoder puts where it could read nothing.
    ...(code > 0x7f ? [Buffer.from(character, 'utf8').toString('latin1'), '\ufffd{1,4}'] : []),
  ]
  return `(?:${spellings.join('|')})`
}

/** As it is, with the backslashes that JSON puts in front of some, more with each nesting. */
function plainly(character: string): string {
  if (character === '"' || character === '/') return `\\\\{0,8}\\${character}`
  if (character === '&') return '&(?:amp;){0,3}'
  return /[\^$.*+?()[\]{}|-]/.test(character) ? `\\${character}` : character
}

/** All of a run are spelled alike. It is looked for from its beginning only: a long run in an answer would else be gone through from each place in it. */
function backslashes(count: number): string {
  const spellings = [
    `(?<!\\\\)\\\\{${count},${8 * count}}`,
    `(?:\\\\{1,8}u005[cC]){${count}}`,
    `(?:%(?:25){0,3}5[cC]){${count}}`,
    `(?:${numericEntity(0x5c)}){${count}}`,
  ]
  return `(?:${spellings.join('|')})`
}

function numericEntity(code: number): string {
  return `&(?:amp;){0,3}#(?:0{0,6}${code}|[xX]0{0,6}${hex(code, 1)});`
}

/** In either case of its digits. */
function hex(code: number, length: number): string {
  return [...code.toString(16).padStart(length, '0')]
    .map((digit) => (/[a-f]/.test(digit) ? `[${digit}${digit.toUpperCase()}]` : digit))
    .join('')
}
