import type { Messages } from './messages.ts'

/**
 * The tag of a language that nobody speaks: English, longer and with accents. It shows which texts are cut off, or are
 * not messages.
 */
export const PSEUDO_LANGUAGE = 'en-XA'

const ACCENTS: Readonly<Record<string, string>> = {
  a: 'àà', e: 'éé', i: 'îî', o: 'öö', u: 'ûû', c: 'ç', n: 'ñ', s: 'š', y: 'ý', z: 'ž',
  A: 'ÀÀ', E: 'ÉÉ', I: 'ÎÎ', O: 'ÖÖ', U: 'ÛÛ', C: 'Ç', N: 'Ñ', S: 'Š', Y: 'Ý', Z: 'Ž',
} // prettier-ignore

/** Gaps, forms and references of a message stay as they are. */
const SYNTAX = /(\{[^}]*\}| \| |@\S+)/

function longer(text: string): string {
  return [...text].map((letter) => ACCENTS[letter] ?? letter).join('')
}

/** A message of some length, between brackets that show whether its end is in sight. */
function pseudoText(text: string): string {
  const forms = text.split(' | ').map((form) => {
    const words = form
      .split(SYNTAX)
      .map((part) => (SYNTAX.test(part) ? part : longer(part)))
      .join('')
    return /\p{L}{2}/u.test(form.replace(/\{[^}]*\}/g, '')) ? `[${words}]` : words
  })
  return forms.join(' | ')
}

/** Keys that are typed, and units, which are as short in every language. */
const KEPT = ['table.search.keys', 'text.age']

/** The messages of `PSEUDO_LANGUAGE`. `path` is where they are. */
export function pseudoMessages(messages: Messages, path: readonly string[] = []): Messages {
  const entries = Object.entries(messages).map(([name, inner]): [string, string | Messages] => {
    if (typeof inner === 'string') return [name, pseudoText(inner)]
    const inside = [...path, name]
    return [name, KEPT.includes(inside.join('.')) ? inner : pseudoMessages(inner, inside)]
  })
  return Object.fromEntries(entries)
}
