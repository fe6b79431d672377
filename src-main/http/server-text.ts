import { shownText } from '#contract/shown-text.ts'

/**
 * How much of a body is inspected: the words that matter are at its beginning, and an inspection must be cheap,
 * whatever was sent.
 */
export const INSPECTED_LENGTH = 20_000

const MAX_SERVER_TEXT = 600

/**
 * A server's text, short enough to be shown, with white space collapsed and HTML reduced to its words. Takes linear
 * time.
 */
export function readableText(body: string): string {
  const head = body.slice(0, INSPECTED_LENGTH)
  const text = isMarkup(head)
    ? withoutMarkup(head)
    : ((body.length <= INSPECTED_LENGTH ? messageOfJson(body) : null) ?? head)
  const folded = shownText(text.replace(/\s+/g, ' ').trim())
  return folded.length > MAX_SERVER_TEXT ? `${folded.slice(0, MAX_SERVER_TEXT)}…` : folded
}

/**
 * HTML or XML, whatever its header says: it begins with a tag, after a byte order mark and white space, which includes
 * a comment.
 */
export function isMarkup(body: string): boolean {
  return body
    .slice(0, INSPECTED_LENGTH)
    .replace(/^\uFEFF/, '')
    .trimStart()
    .startsWith('<')
}

/** A page that asks for a password: Jira's own (`os_password`), or that of something in front of it. */
export function isLogInPage(body: string): boolean {
  const head = body.slice(0, INSPECTED_LENGTH).toLowerCase()
  return (
    isMarkup(head) &&
    ['type="password"', "type='password'", 'type=password', 'os_password', 'id="login-form"'].some((mark) =>
      head.includes(mark),
    )
  )
}

/** The words between the tags, without scripts and styles, in one pass. */
function withoutMarkup(html: string): string {
  const lower = html.toLowerCase()
  const words: string[] = []
  for (let at = 0; at < html.length;) {
    const tag = html.indexOf('<', at)
    words.push(html.slice(at, tag < 0 ? html.length : tag))
    if (tag < 0) break
    const hidden = ['script', 'style'].find((name) => lower.startsWith(name, tag + 1))
    const close = hidden === undefined ? tag : lower.indexOf(`</${hidden}`, tag)
    const end = lower.startsWith('<!--', tag) ? lower.indexOf('-->', tag) : html.indexOf('>', close)
    if (close < 0 || end < 0) break
    at = end + (lower.startsWith('-->', end) ? 3 : 1)
  }
  return words.join(' ')
}

/** The sentences of an error that Jira or Backbone sends as JSON; null for anything else. */
function messageOfJson(body: string): string | null {
  try {
    const value: unknown = JSON.parse(body)
    if (typeof value === 'string') return value
    if (typeof value !== 'object' || value === null) return null
    const { message, errorMessages, errors } = value as Record<string, unknown>
    const sentences: readonly unknown[] = Array.isArray(errorMessages) ? errorMessages : []
    const texts = [
      message,
      ...sentences,
      ...(typeof errors === 'object' && errors !== null
        ? Object.entries(errors).map(([name, text]) => `${name}: ${String(text)}`)
        : []),
    ].filter((text): text is string => typeof text === 'string' && text !== '')
    return texts.length > 0 ? texts.join(' ') : null
  } catch {
    return null
  }
}
