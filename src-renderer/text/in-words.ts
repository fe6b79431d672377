import { shownText } from '#contract/shown-text.ts'

/** A name of the vendor's JSON as words: `issueTypeMappings` as `Issue type mappings`. */
export function inWords(name: string): string {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replace(/\bjql(s?)\b/, 'JQL$1')
  return shownText(words.charAt(0).toUpperCase() + words.slice(1))
}
