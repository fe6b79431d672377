import type { MessageKey } from '#contract/messages/messages.ts'
import { message } from '#contract/messages/message.ts'
import { MASK, maskAddresses, maskUserinfo, mayHoldEscapes } from '#contract/masking.ts'
import { asText } from '../wire-values.ts'
import { AppError } from '../errors/app-error.ts'
import { SECRET_NAME } from '../logging/redact.ts'
import { plainTexts } from './coded-text.ts'
import type { Credential } from './credential.ts'
import { JsonOutline } from './json-outline.ts'
import { PiecedText } from './long-body.ts'
import type { HttpResponse } from './response-verdict.ts'
import { base64Forms, hexForms, openForms, pieceOf } from './secret-forms.ts'

/** The secrets of a request, in every form that is looked for. Null if none can be told from chance. */
export type SecretPattern = KnownForms | null

interface KnownForms {
  /**
   * Three groups: `everywhere` is struck wherever it occurs, `word` as a word in prose, and `token` with everything
   * around it up to white space or a quote. Made when first needed.
   */
  readonly whole: () => RegExp
  /**
   * Matches every text that `whole` matches, and hardly any other, so that few texts are searched for all forms:
   * compiling `whole` takes V8 longer than everything else that is done with a short answer, and each session needs
   * another. Null if some form has no such piece.
   */
  readonly piece: RegExp | null
}

/**
 * What must not come back. A secret is known in the open
 * - wherever it occurs, if it has at least 12 characters, or at least 6 of more than one kind;
 * - only as a whole word of prose, if it has at least 4: a password like `test` or `123456` is also a word, a name or a
 *   number that answers are full of; striking it in keys and states would make them unreadable, and tell what the
 *   password is;
 * - never, if it is shorter, or if the same request says it in the open, like the user's name.
 * What Base64 makes of it, above all behind the user's name as a header carries it, is known in any case, and so are
 * the digits of its bytes. Where it has at least 8 characters of more than one kind, its letters may have become
 * capitals or small.
 */
export function secretPattern(credential: Credential, json?: unknown): SecretPattern {
  const found: Found = { users: new Map([[credential.secret, credential.user]]), open: new Set([credential.user]) }
  if (json !== undefined) collect(json, found)
  const secrets = [...found.users].map(([secret, user]): KnownSecret => ({
    secret,
    user,
    isOpen: found.open.has(secret),
  }))
  return keptPattern(secrets)
}

interface KnownSecret {
  readonly secret: string
  readonly user: string
  /** The same request says it openly. */
  readonly isOpen: boolean
}

/** How many patterns are kept, most recent first, in memory only: successive requests go to a few servers. */
const MOST_KEPT = 64
const kept = new Map<string, SecretPattern>()

/** Compiling a pattern takes longer than searching a short answer. */
function keptPattern(secrets: readonly KnownSecret[]): SecretPattern {
  const name = JSON.stringify(secrets)
  const pattern = kept.get(name) ?? compiled(secrets)
  kept.delete(name)
  kept.set(name, pattern)
  for (const [oldest] of kept) {
    if (kept.size <= MOST_KEPT) break
    kept.delete(oldest)
  }
  return pattern
}

/** A secret is no longer used: nothing that was made from any is kept. */
export function forgetSecretPatterns(): void {
  kept.clear()
}

function compiled(secrets: readonly KnownSecret[]): SecretPattern {
  const groups = { everywhere: [] as string[], word: [] as string[], token: [] as string[] }
  for (const { secret, user, isOpen } of secrets) {
    const encoded = base64Forms(secret)
    if (encoded.length >= 3) groups.token.push(...encoded)
    // For a short one, only the part after the user's name is long enough in one of the spellings.
    const isShort = encoded.length < (/[^\0-\x7f]/.test(secret) ? 6 : 3)
    if (isShort) groups.token.push(...base64Forms(`${user}:${secret}`))
    const digits = hexForms(secret)
    groups.token.push(...(digits.length === 0 ? hexForms(`${user}:${secret}`) : digits))
    if (secret.length < LEAST_WORD || isOpen) continue
    const forms = openForms(secret, { inAnyCase: isUnmistakableInAnyCase(secret) })
    if (forms.length > 1) groups.token.push(...forms)
    else groups[isUnmistakable(secret) ? 'everywhere' : 'word'].push(...forms)
  }
  const alternatives = Object.entries(groups).flatMap(([name, forms]) =>
    forms.length === 0 ? [] : [`(?<${name}>${forms.join('|')})`],
  )
  if (alternatives.length === 0) return null
  const pieces = Object.values(groups).flat().map(pieceOf)
  let whole: RegExp | null = null
  return {
    whole: () => (whole ??= new RegExp(alternatives.join('|'), 'g')),
    piece: pieces.includes(null) ? null : new RegExp([...new Set(pieces)].join('|')),
  }
}

/** A secret in a body, with its user, in the form in which a body may contain it. */
export interface SentSecret {
  readonly user: string
  readonly password: string
}

/** The secrets in a body, except those that are also in a field that is not secret. */
export function secretsOf(json: unknown): SentSecret[] {
  const found: Found = { users: new Map(), open: new Set() }
  collect(json, found)
  return [...found.users].flatMap(([password, user]) => (found.open.has(password) ? [] : [{ user, password }]))
}

const LEAST_WORD = 4

function isUnmistakable(secret: string): boolean {
  return secret.length >= 12 || (secret.length >= 6 && kindsIn(secret) >= 2)
}

/** A long word may be a state, or a name in JSON, once its capitals do not count. */
function isUnmistakableInAnyCase(secret: string): boolean {
  return secret.length >= 24 || (secret.length >= 8 && kindsIn(secret) >= 2)
}

function kindsIn(secret: string): number {
  return [/\p{L}/u, /\p{N}/u, /[^\p{L}\p{N}]/u].filter((kind) => kind.test(secret)).length
}

/** The secrets of a request with the user of each, and what the request says openly. */
interface Found {
  readonly users: Map<string, string>
  readonly open: Set<string>
}

/** The texts of a body, sorted by what their names say about them. */
function collect(value: unknown, found: Found, depthLeft = 8): void {
  if (typeof value !== 'object' || value === null || depthLeft === 0) return
  const { user, username } = value as Record<string, unknown>
  for (const [name, inner] of Object.entries(value)) {
    if (typeof inner !== 'string') collect(inner, found, depthLeft - 1)
    else if (!SECRET_NAME.test(name)) found.open.add(inner)
    else if (inner !== '') found.users.set(inner, asText(user ?? username))
  }
}

/**
 * The answer without the secrets of its request, and without users and passwords in addresses, body and headers alike.
 * JSON stays JSON: anything outside a text, such as a number, is left. If there is nothing to strike, the body is the
 * same text; checking it costs about as much as parsing it. The parts of a long body are struck when they are read.
 * Throws `http.body-too-large`, then or now, for an answer full of secrets: it would block the main process for a long
 * time, and Backbone sends none.
 */
export function strikeSecrets(response: HttpResponse, ...given: readonly SecretPattern[]): HttpResponse {
  const patterns = given.filter((pattern) => pattern !== null)
  const headers = Object.entries(response.headers).map(([name, value]): [string, string | string[] | undefined] => [
    name,
    Array.isArray(value)
      ? value.map((text) => strikeHeader(name, text, patterns))
      : value && strikeHeader(name, value, patterns),
  ])
  const body = strikeBody(response.body, patterns, new Struck())
  const inAll = new Struck()
  // Numbers and the literals of JSON are outside its texts.
  const long = response.long?.struckToo(body, (json) =>
    /^\s*[[{"]/.test(json) ? strikeBody(json, patterns, inAll) : json,
  )
  return { ...response, headers: Object.fromEntries(headers), body, ...(long !== undefined && { long }) }
}

function strikeBody(text: string, patterns: readonly KnownForms[], struck: Struck): string {
  const body = withPlainAddresses(strike(text, patterns, struck), struck)
  struck.countAddresses(body)
  return maskAddresses(body)
}

/**
 * Each costs about a microsecond; the largest answers of Backbone have fewer addresses by far, and hardly any secret.
 */
const MOST_STRUCK = 300_000

/** How much was struck from an answer, or inspected for that. */
class Struck {
  #secrets = 0
  #addresses = 0
  #escapes = 0
  #codes = 0

  countSecret(): void {
    refuseMany((this.#secrets += 1), 'errors.bound.secrets')
  }

  countCode(): void {
    refuseMany((this.#codes += 1), 'errors.bound.secrets')
  }

  countEscape(): void {
    refuseMany((this.#escapes += 1), 'errors.bound.addresses')
  }

  countAddresses(text: string): void {
    if (!text.includes('@')) return
    for (const _found of text.matchAll(/@|:(?:\\*\/|\\+u002f){2}/gi))
      refuseMany((this.#addresses += 1), 'errors.bound.addresses')
  }
}

function refuseMany(count: number, what: MessageKey): void {
  if (count <= MOST_STRUCK) return
  throw new AppError(
    'http.body-too-large',
    message('errors.body.notOfBackbone', { what: message(what, { count: MOST_STRUCK }) }),
    {
      advice: message('errors.body.notUsedAdvice'),
    },
  )
}

/** Words are left: the verdict on the log-in depends on words in headers. */
function strikeHeader(name: string, text: string, patterns: readonly KnownForms[]): string {
  const struck = replaceRanges(
    text,
    rangesOf(text, patterns, new Struck()).filter(({ isWord }) => !isWord),
  )
  // The keeper of an answer's cookies needs the session, and takes it out (`transmit`).
  return name === 'set-cookie' ? maskUserinfo(struck) : maskAddresses(struck)
}

interface Range {
  readonly start: number
  readonly end: number
  readonly isWord: boolean
}

function strike(text: string, patterns: readonly KnownForms[], struck: Struck): string {
  const ranges = rangesOf(text, patterns, struck)
  if (ranges.length === 0) return text
  if (!/^\s*[[{"]/.test(text)) return replaceRanges(text, ranges)
  let open = -1
  let close = -1
  // Each text once: it may be long, and contain very many.
  let isProse: boolean | null = null
  const outside: Range[] = []
  const inTexts = ranges.filter((range) => {
    while (close < range.start) {
      open = text.indexOf('"', close + 1)
      if (open < 0) open = text.length
      close = closingQuote(text, open)
      isProse = null
    }
    const isInside = open < range.start && range.end <= close
    if (!isInside) outside.push(range)
    if (!isInside || !range.isWord) return isInside
    isProse ??= /\s|\\[nrt]/.test(text.slice(open, close))
    return isProse
  })
  // A number like the secret may be there, or it is not JSON after all.
  return replaceRanges(
    text,
    outside.every(({ start, end }) => isOfJson(text.slice(start, end))) && (outside.length === 0 || isJson(text))
      ? inTexts
      : ranges,
  )
}

/** Whether JSON may contain this outside its texts. */
function isOfJson(piece: string): boolean {
  return /^[\d.eE+\-[\]{},:truefalsn]*$/.test(piece)
}

/** In the text itself, and in its decoded forms. In ascending order; they may overlap. */
function rangesOf(text: string, patterns: readonly KnownForms[], struck: Struck): Range[] {
  if (patterns.length === 0) return []
  const inText = (plain: string): Range[] => patterns.flatMap((pattern) => rangesIn(plain, pattern, struck))
  const ranges = inText(text)
  const coded = plainTexts(text, () => struck.countCode()).flatMap((plain) =>
    inText(plain.text).map((range) => ({ ...range, ...plain.origin(range.start, range.end) })),
  )
  const isInOrder = coded.length === 0 && patterns.length === 1
  return isInOrder ? ranges : [...ranges, ...coded].toSorted((one, other) => one.start - other.start)
}

function rangesIn(text: string, { whole, piece }: KnownForms, struck: Struck): Range[] {
  const ranges: Range[] = []
  if (piece?.test(text) === false) return ranges
  const pattern = whole()
  pattern.lastIndex = 0
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const isWord = match.groups?.word !== undefined
    let [start, end] = [match.index, match.index + match[0].length]
    if (isWord && !isWholeWord(text, start, end)) {
      pattern.lastIndex = start + 1
      continue
    }
    if (match.groups?.token !== undefined) {
      const least = ranges.at(-1)?.end ?? 0
      while (start > least && isOfToken(text, start - 1)) start -= 1
      while (end < text.length && isOfToken(text, end)) end += 1
      pattern.lastIndex = end
    }
    ranges.push({ start, end, isWord })
    struck.countSecret()
  }
  return ranges
}

/** A backslash also ends it: it may belong to the quote after it. */
function isOfToken(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  if (code > 0x7f) return !/\s/.test(text.charAt(at))
  return code > 0x20 && code !== 0x22 && code !== 0x27 && code !== 0x3c && code !== 0x3e && code !== 0x5c
}

/** The letter of an escape before it (`\n`, `%20`, `\u0020`) does not belong to the word. */
function isWholeWord(text: string, start: number, end: number): boolean {
  const before = text.slice(Math.max(0, start - 6), start)
  const isFirst = !/[\p{L}\p{N}]$/u.test(before) || /\\[bfnrt]$|%[\da-f]{2}$|\\u[\da-f]{4}$/i.test(before)
  return isFirst && !/^[\p{L}\p{N}]/u.test(text.slice(end, end + 2))
}

/** No answer of Backbone exceeds this; beyond it nothing is parsed here, and nothing is used later. */
const PARSED = { maxDepth: 64, maxItems: 300_000, maxNames: 10_000, maxText: 1_048_576, maxValues: 5_000_000 }

function isJson(text: string): boolean {
  try {
    const outline = new JsonOutline(new PiecedText([text]), PARSED, false)
    while (!outline.step());
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** Where the JSON text that begins at `open` ends. */
function closingQuote(text: string, open: number): number {
  for (let close = text.indexOf('"', open + 1); close >= 0; close = text.indexOf('"', close + 1)) {
    let backslashes = 0
    while (text.charAt(close - 1 - backslashes) === '\\') backslashes += 1
    if (backslashes % 2 === 0) return close
  }
  return text.length
}

function replaceRanges(text: string, ranges: readonly Range[]): string {
  let struck = ''
  let copied = 0
  for (const { start, end } of ranges) {
    if (end <= copied) continue
    struck += start < copied ? '' : text.slice(copied, start) + MASK
    copied = end
  }
  return copied === 0 ? text : struck + text.slice(copied)
}

/** JSON may write any character of an address as a number; secrets are looked for in plain ones. */
function withPlainAddresses(text: string, struck: Struck): string {
  if (!mayHoldEscapes(text) || !/\\u00(?:40|2f|3[abd])/i.test(text)) return text
  let plain = ''
  let copied = 0
  let next = 0
  for (let at = text.indexOf('\\'); at >= 0; at = text.indexOf('\\', next)) {
    next = at + 2
    // Only if it is the escape's own backslash: one that is itself escaped was skipped with it.
    if (text[at + 1] !== 'u' || text[at + 2] !== '0' || text[at + 3] !== '0') continue
    const digits = text.slice(at + 4, at + 6)
    if (!/^(?:40|2f|3[abd])$/i.test(digits)) continue
    plain += text.slice(copied, at) + String.fromCharCode(parseInt(digits, 16))
    copied = next = at + 6
    struck.countEscape()
  }
  return plain + text.slice(copied)
}
