/** Replaces a secret wherever Syncdeck shows, stores or logs text. */
export const MASK = '••••••'

/*
 * What user and password in an address look like, to mask and to refuse them: the signs of an address in every spelling
 * that a browser, a server or JSON reads as one (WHATWG URL, “basic URL parser”: white space falls away, a backslash is
 * a slash).
 */

const coded = (hex: string, decimal: number): string =>
  `%(?:25){0,3}${hex}|&(?:amp;){0,3}#(?:0{0,6}${decimal}|x0{0,6}${hex});|\\\\{1,8}u00${hex}`
const AT = new RegExp(`@|${coded('40', 64)}`, 'gi')
const COLON = new RegExp(`:|${coded('3a', 58)}`, 'gi')
const ANY_SLASH = `\\\\{0,8}\\/|${coded('2f', 47)}`
const ANY_BACKSLASH = `\\\\|${coded('5c', 92)}`
/** White space within a line, also as JSON escapes it. */
const GAP = /[^\S\r\n]|\\{1,8}(?:[tnr]|u00(?:09|20|0[aAdD]))/
const SENTENCE_ENDS = new RegExp(`[,;.:!?)\\]}](?:${GAP.source})`)

/**
 * Where an authority begins: behind a scheme and two slashes, also without slashes or with backslashes behind `https:`,
 * and behind two slashes alone (group `bare`).
 */
const START = new RegExp(
  `(?<![a-z\\d])https?(?:${COLON.source})(?:${ANY_SLASH}|${ANY_BACKSLASH})*|` +
    `(?:${COLON.source})(?:${ANY_SLASH}){2}|(?<bare>(?<![:/\\\\])\\/{2,}|(?<![^\\s(=,;])\\\\{2,})`,
  'gi',
)

/** Where an authority ends; in an address encoded within another one, also at what ends it there. */
const ENDS = /[/?]|(?<!&(?:amp;)?)#|\\(?!\\{0,8}u00(?:3a|40))/i
const CODED_ENDS = /[/?#\\&]|%(?:25)*(?:2f|3f|23|5c|26)/i

/** Schemes whose addresses are written like `user:password@host`, and hold no password. */
const NO_PASSWORD = /^(?:mailto|sips?|xmpp|acct):/i

/** What follows the first name of an address if that is a domain: `DOMAIN/anna:password@host`. */
const DOMAIN_USER = new RegExp(
  `^(?:${ANY_SLASH}|${ANY_BACKSLASH}){1,2}(?!${NO_PASSWORD.source.slice(1)})[^\\s/:@?#\\\\%&]+:(?![/\\\\])[^@]+@[\\w[]`,
  'i',
)

/** A word of prose that is `user:password@host:port`. */
const LOG_IN_WITH_PORT = new RegExp(
  `(?<![^\\s(\\[='])(?!${NO_PASSWORD.source.slice(1)})[^\\s:@/\\\\(\\[=']{1,200}:[^\\s@/\\\\]{1,200}(?=@[\\w.-]{1,255}:\\d{1,5}(?!\\w))`,
  'gi',
)

/** How far white space within a password is looked across, in characters. */
const REACH = 200

/**
 * A text with user and password masked in every address in it: `https://user:password@host` becomes
 * `https://••••••@host`. It may be anything: an address, prose, JSON or HTML. Without a scheme, `//user:password@host`
 * counts anywhere, `user:password@host:port` as a word, and `user:password@host` as the whole text, or the whole of a
 * quoted one. If a password was not encoded as it should be (`https://anna:pa/ss@host`, `https://anna:pa ss@host`),
 * everything before the last at sign counts, and so it does in `https://DOMAIN/anna:pass@host`, unless the supposed
 * domain has a dot: then this is the path of a host. A blank in a user counts only behind a scheme: `//an na:pass@host`
 * may be a comment with an e-mail address, and of `//an na:pass@host:8080` only the last word is masked. E-mail
 * addresses in prose are left as they are. Goes through the text once, and leaves one without an at sign alone.
 */
export function maskUserinfo(text: string): string {
  const next = signsIn(text)
  if (next === null) return text
  let masked = ''
  let copied = 0
  for (let at = next.exec(text); at !== null; at = next.exec(text)) {
    let start = at.index
    while (start > copied && !isEnd(text.charCodeAt(start - 1))) start -= 1
    let end = at.index
    while (end < text.length && !isEnd(text.charCodeAt(end))) end += 1
    const isWhole =
      (start === 0 || text.charCodeAt(start - 1) === QUOTE) && (end === text.length || text.charCodeAt(end) === QUOTE)
    masked += text.slice(copied, start) + maskLine(text.slice(start, end), isWhole)
    copied = next.lastIndex = end
  }
  return copied === 0 ? text : masked + text.slice(copied)
}

/**
 * What follows the name of a session's cookie and its “=”, each plain or encoded, as servers put it into addresses
 * (`;jsessionid=…`).
 */
const SESSION_IN_ADDRESS = new RegExp(
  `((?:jsession|session_?id)[\\w.-]{0,40}(?:=|${coded('3d', 61)}))[^\\s"'<>?#&\\\\/;%,)\\]}|]{8,}`,
  'gi',
)

/**
 * A text in which ids of sessions are masked where an address, or a list of cookies, says them: `…;jsessionid=••••••`.
 * In one pass.
 */
export function maskSessionIds(text: string): string {
  // To look for a word takes nearly as long as to parse the text. Most texts have no semicolon, and that is seen at
  // once.
  const mayHold =
    (text.includes(';') || (text.includes('%') && /%(?:25){0,3}3b/i.test(text))) &&
    ['session', 'SESSION', 'Session'].some((word) => text.includes(word))
  return mayHold ? text.replace(SESSION_IN_ADDRESS, `$1${MASK}`) : text
}

/** All that is secret in the addresses of a text, masked. */
export function maskAddresses(text: string): string {
  // In this order: what masks an at sign is a text in pieces, which a search would put together.
  return maskUserinfo(maskSessionIds(text))
}

/**
 * Whether a text may hold characters that JSON writes as numbers (`\u0040`). Most answers are full of backslashes, and
 * stopping at each takes a third as long as parsing the answer: the rarer part is looked for first.
 */
export function mayHoldEscapes(text: string): boolean {
  return text.includes('00') && text.includes('u00') && text.includes('\\u00')
}

/**
 * A pattern for the at signs of a text; null if it has none. Looking for encoded ones takes long, and hardly any text
 * has one.
 */
function signsIn(text: string): RegExp | null {
  const mayBeCoded =
    (text.includes('%') && /%(?:25){0,3}40/.test(text)) ||
    (mayHoldEscapes(text) && text.includes('\\u0040')) ||
    (text.includes('&') && /&(?:amp;|#)/.test(text))
  return mayBeCoded ? new RegExp(AT) : text.includes('@') ? /@/g : null
}

/**
 * Whether an address contains a user or a password, or something that may become one while it is typed
 * (`https://anna:hunter2`).
 */
export function holdsUserinfo(address: string): boolean {
  if (address.includes(MASK) || maskUserinfo(address) !== address) return true
  const signs = withPlainSigns(address.trim())
  const plain = signs.replace(/[\s\p{Cc}]/gu, '').replace(/\\/g, '/')
  const rest = /^(?:https?:\/*|(?:[a-z][a-z\d+.-]*:)?\/{2,})(.*)/i.exec(plain)?.[1]
  if (rest === undefined) return LOG_IN_AND_HOST.test(signs) && !NO_PASSWORD.test(signs)
  // A “?”, “#” or “/” in a password hides the at sign behind the address of another server, with the password's
  // beginning as its port.
  return (
    maskUserinfo(plain) !== plain ||
    isNoHost(rest.split(ENDS, 1)[0] ?? '') ||
    /^[^/]*@[^/?#]/.test(rest) ||
    /^[^/.:@]+:\d{0,5}\/[^/]*@[^/]*[.:]/.test(rest)
  )
}

const QUOTE = 0x22

/** An address without a scheme, and nothing behind its host. */
const LOG_IN_AND_HOST = /^[^@:]*:[^@]*@[^\s@]+$/

/** Line ends, quotes and angle brackets: no address contains them unencoded, not even one with white space in it. */
function isEnd(code: number): boolean {
  return (code < 0x20 && code !== 0x09) || code === QUOTE || code === 0x3c || code === 0x3e
}

function withPlainSigns(text: string): string {
  return text.replace(AT, '@').replace(COLON, ':')
}

/** `line`: without quotes, with an at sign. `isWhole`: the whole of a text. */
function maskLine(line: string, isWhole: boolean): string {
  if (!/[:/\\%&]/.test(line)) return line
  const starts = [...line.matchAll(START)]
  const isBare = starts.map(({ groups }) => groups?.['bare'] !== undefined)
  if (isWhole && !isBare.includes(false)) {
    const at = lastAt(line)
    if (isLogInAlone(line)) return MASK + line.slice(at)
  }
  let masked = ''
  let copied = 0
  let nextScheme = line.length
  const ends: number[] = []
  for (let index = starts.length - 1; index >= 0; index -= 1) {
    ends[index] = isBare[index] === true ? (starts[index + 1]?.index ?? line.length) : nextScheme
    if (isBare[index] === false) nextScheme = starts[index]?.index ?? 0
  }
  for (const [index, { 0: mark, index: at }] of starts.entries()) {
    const from = at + mark.length
    if (from < copied) continue
    const rest = line.slice(from, ends[index])
    const length = userinfoLength(rest, {
      isCoded: mark.includes('%'),
      isBare: isBare[index] === true,
      isWhole: isWhole && line.slice(0, at).trim() === '' && ends[index] === line.length,
    })
    if (length < 0) continue
    masked += line.slice(copied, from) + MASK
    copied = from + length
  }
  return (masked + line.slice(copied)).replace(LOG_IN_WITH_PORT, MASK)
}

/** `user:password@host`; with white space in it only if a port shows that it is not prose. */
function isLogInAlone(text: string): boolean {
  const plain = withPlainSigns(text)
  if (NO_PASSWORD.test(plain)) return false
  return GAP.test(plain.trim())
    ? /^[^@:,;.!?]*:[^\s@][^@]*@[^\s@:]+:\d{1,5}\W*$/.test(plain)
    : text.includes('@')
      ? /^[^@:]*:[^@]*@/.test(plain)
      : /^[^@:/?#=&]*:[^@/?#=&]*@/.test(plain)
}

/** The length of user and password in `rest`, an address from its authority on; negative if it has none. */
function userinfoLength(
  rest: string,
  { isCoded, isBare, isWhole }: { readonly isCoded: boolean; readonly isBare: boolean; readonly isWhole: boolean },
): number {
  const gap = rest.search(GAP)
  const word = gap < 0 ? rest : rest.slice(0, gap)
  const end = word.search(isCoded ? CODED_ENDS : ENDS)
  const authority = end < 0 ? word : word.slice(0, end)
  const plain = withPlainSigns(authority)
  const last = lastAt(authority)
  if (end > 0 && /^[^.:@]+$/.test(plain) && DOMAIN_USER.test(withPlainSigns(word.slice(end)))) return lastAt(word)
  if (isBare && (!plain.includes(':') || NO_PASSWORD.test(plain))) return -1
  const isHostBehind = last >= 0 && /[.:\]]/.test(authority.slice(last).replace(AT, ''))
  if (isHostBehind) return last
  const isLogIn = isNoHost(plain)
  const inWord = isLogIn || beginsLikeAPort(withPlainSigns(word)) ? lastAt(word) : last
  if (gap <= 0 || (inWord >= 0 && !isLogIn)) return inWord
  const across = lengthAcross(rest, gap, { isLogIn, isName: /^[^.:@/?#\\]+$/.test(withPlainSigns(word)), isWhole })
  return across < 0 ? inWord : across
}

/**
 * `admin:12?34@…`, `admin:12/34@host.example`: what looks like host and port is a user and the beginning of a password.
 */
function beginsLikeAPort(word: string): boolean {
  const [before = '', host = ''] = word.split('@', 2)
  return (
    /^[^.:]+:\d{1,5}[?#][^=]*$/.test(before) ||
    (/^[^.:]+:\d{1,5}\\{0,8}\/[^/?#]+$/.test(before) && /^[\w-]+[.:]/.test(host))
  )
}

/** The same across white space: up to the next word with an at sign, unless a sentence ends before it. */
function lengthAcross(
  rest: string,
  gap: number,
  { isLogIn, isName, isWhole }: { readonly isLogIn: boolean; readonly isName: boolean; readonly isWhole: boolean },
): number {
  if (!isLogIn && !isName) return -1
  const near = rest.slice(0, gap + REACH)
  const stop = near.search(SENTENCE_ENDS)
  const sentence = stop < 0 ? near : near.slice(0, stop)
  const first = gap + sentence.slice(gap).search(AT)
  if (first < gap) return -1
  const behind = sentence.slice(first)
  const wordEnd = behind.search(GAP)
  const at = first + lastAt(wordEnd < 0 ? behind : behind.slice(0, wordEnd))
  if (isLogIn) return at
  const [, beforeColon = '', password = ''] = /^([^:]*):(.+)$/.exec(withPlainSigns(sentence.slice(0, at))) ?? []
  const isSpoken =
    NO_PASSWORD.test(`${beforeColon.split(GAP).at(-1) ?? ''}:`) || (GAP.test(password) && !(isWhole && wordEnd < 0))
  return password === '' || isSpoken ? -1 : at
}

function lastAt(text: string): number {
  let last = -1
  for (const { index } of text.matchAll(AT)) last = index
  return last
}

/** A name and something that is not a port: a user and the beginning of a password. */
function isNoHost(authority: string): boolean {
  return !authority.startsWith('[') && /^[^:@]*:(?!\d{0,5}$)/.test(authority)
}
