import type en from './en.json'

/** The words of one language: sections by feature, nested as needed. The form of a message is vue-i18n's. */
export interface Messages {
  readonly [section: string]: string | Messages
}

/** `table.columns.state`: the path of a message. */
export type MessageKey = PathsOf<typeof en>
type PathsOf<T> = { [K in keyof T & string]: T[K] extends string ? K : `${K}.${PathsOf<T[K]>}` }[keyof T & string]

/** The language that everything is written in first, and that stands in for what another one lacks. */
export const SOURCE_LANGUAGE = 'en'

/**
 * Which of the `known` languages to use for somebody who asked for `wanted`, in the order of their preference (BCP 47);
 * English if none of them is known.
 */
export function languageFor(wanted: readonly string[], known: readonly string[]): string {
  for (const tag of wanted) {
    const found = known.find((language) => language === tag) ?? known.find((language) => language === tag.split('-')[0])
    if (found !== undefined) return found
  }
  return SOURCE_LANGUAGE
}

/** The choice of the system's language; any other choice is a language's tag. */
export const SYSTEM_LANGUAGE = 'system'

/**
 * What a process speaks: the words of `language`; numbers, dates and order by the customs of `locale`. Both are BCP 47
 * tags.
 */
export interface Spoken {
  readonly language: string
  readonly locale: string
}

/**
 * What to speak with somebody who made this `choice` and whose system asks for `wanted`: of the customs of a language,
 * those that the system names, such as Austria's. A choice that is not `known`, stored by another version perhaps, is
 * the system's.
 */
export function spokenFor(choice: string, wanted: readonly string[], known: readonly string[]): Spoken {
  const language = known.includes(choice) ? choice : languageFor(wanted, known)
  const locale = wanted.find((tag) => (tag === language || tag.startsWith(`${language}-`)) && isTag(tag))
  return { language, locale: locale ?? language }
}

function isTag(text: string): boolean {
  try {
    return Intl.getCanonicalLocales(text).length > 0
  } catch {
    return false
  }
}
