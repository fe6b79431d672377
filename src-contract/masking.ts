/** Replaces a secret wherever Syncdeck shows, stores or logs text. */
export const MASK = '••••••'

/** Between a scheme and what follows, also as JSON may escape it. */
const AFTER_SCHEME = /:(?:\\*\/|\\+u002f){2}/gi

/** Schemes whose addresses are written like `user:password@host`, and hold no password. */
const NO_PASSWORD = /^(?:mailto|sip|xmpp|acct):/i

/**
 * A text with user and password masked in every address in it: `https://user:password@host` becomes `https://••••••@host`.
 * It may be anything: an address, prose, JSON or HTML. An address without a scheme counts where it is the whole text, or the
 * whole of a quoted one. Where a password was not encoded as it should be (`https://anna:pa/ss@host`), what stands before the last
 * at sign counts. Goes through the text once, and leaves one without an at sign alone.
 */
export function maskUserinfo(text: string): string {
  let masked = ''
  let copied = 0
  let from = 0
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', from)) {
    let start = at
    while (start > from && !isEnd(text.charCodeAt(start - 1))) start -= 1
    let end = at + 1
    while (end < text.length && !isEnd(text.charCodeAt(end))) end += 1
    const isWhole =
      (start === 0 || text.charCodeAt(start - 1) === QUOTE) && (end === text.length || text.charCodeAt(end) === QUOTE)
    const token = text.slice(start, end)
    const replacement = token.includes(':') ? maskToken(token, isWhole) : token
    if (replacement !== token) {
      masked += text.slice(copied, start) + replacement
      copied = end
    }
    from = end
  }
  return copied === 0 ? text : masked + text.slice(copied)
}

/** Whether an address holds a user or a password, or what may become one while it is typed (`https://anna:hunter2`). */
export function holdsUserinfo(address: string): boolean {
  if (address.includes(MASK) || maskUserinfo(address) !== address) return true
  // As a browser reads it: white space falls away, and a backslash is a slash (WHATWG URL, “basic URL parser”).
  const plain = address
    .replace(/[\s\p{Cc}]/gu, '')
    .replace(/\\/g, '/')
    .replace(/%(?:25)*40/gi, '@')
    .replace(/%(?:25)*3a/gi, ':')
  const authority = /^(?:https?:\/*|(?:[a-z][a-z\d+.-]*:)?\/{2,})([^/?#]*)/i.exec(plain)?.[1]
  return authority !== undefined && (authority.includes('@') || isNoHost(authority))
}

const QUOTE = 0x22

/** White space, quotes and angle brackets: what no address holds as it is. */
function isEnd(code: number): boolean {
  return code <= 0x20 || code === QUOTE || code === 0x3c || code === 0x3e
}

/** `token`: without white space or quotes, with an at sign. */
function maskToken(token: string, isWhole: boolean): string {
  const parts = token.split(AFTER_SCHEME)
  if (parts.length === 1) {
    const isAddress = isWhole && /^[^@:]*:[^@]*@/.test(token) && !NO_PASSWORD.test(token)
    return isAddress ? MASK + token.slice(token.lastIndexOf('@')) : token
  }
  const marks = token.match(AFTER_SCHEME) ?? []
  return parts.map((part, index) => (index === 0 ? part : `${marks[index - 1] ?? ''}${maskAuthority(part)}`)).join('')
}

/** `rest`: an address from its authority on. */
function maskAuthority(rest: string): string {
  if (!rest.includes('@')) return rest
  const length = rest.search(/[/?#\\]/)
  const authority = length < 0 ? rest : rest.slice(0, length)
  const last = authority.lastIndexOf('@')
  const isHostBehind = last >= 0 && /[.:\]]/.test(authority.slice(last))
  const at = isNoHost(authority) && !isHostBehind ? rest.lastIndexOf('@') : last
  return at < 0 ? rest : MASK + rest.slice(at)
}

/** A name and something that is no port: a user and the beginning of a password. */
function isNoHost(authority: string): boolean {
  return !authority.startsWith('[') && /^[^:@]*:(?!\d{0,5}$)/.test(authority)
}
