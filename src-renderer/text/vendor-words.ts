import { inWords } from './in-words.ts'
import { isMessageKey, t } from './t.ts'

/** What a conflict is about, in the user's language; a kind that nobody translated is spelled out. */
export function kindWords(kind: string): string {
  const key = `conflicts.kinds.${kind}`
  return isMessageKey(key) ? t(key) : inWords(kind)
}

/** How bad a conflict is, in the user's language; any other word as the server sent it. */
export function severityWords(severity: string): string {
  const key = `conflicts.severities.${severity.toLowerCase()}`
  return isMessageKey(key) ? t(key) : severity
}

/** What a route is, or what it is doing, in the user's language; any other word as the server sent it. */
export function routeWords(word: string): string {
  const key = `panel.routes.${word.toLowerCase()}`
  return isMessageKey(key) ? t(key) : word.toLowerCase()
}
