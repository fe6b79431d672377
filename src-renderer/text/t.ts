import { createI18n } from 'vue-i18n'
import { languages } from '#contract/messages/languages.ts'
import { wordsOf, type Message } from '#contract/messages/message.ts'
import { languageFor, SOURCE_LANGUAGE, type MessageKey } from '#contract/messages/messages.ts'

/** The messages of the current language; components use `t`, `counted` and `MarkedText`. */
export const { global: i18n } = createI18n({
  legacy: false,
  locale: languageFor(navigator.languages, Object.keys(languages)),
  fallbackLocale: SOURCE_LANGUAGE,
  // Typed by their keys below; the library’s own types want one shape for all languages.
  messages: languages as Record<string, Record<string, never>>,
})

/**
 * The words of a message, with `values` in its gaps. `count` chooses between the forms of a message that has several
 * (`one | many`); it is shown only where `values` has it too.
 */
export function t(key: MessageKey, values: Readonly<Record<string, string | number>> = {}, count?: number): string {
  return count === undefined ? i18n.t(key, values) : i18n.t(key, values, count)
}

/** A message with a number: `count` is formatted for the user's locale and chooses the plural form. */
export function counted(
  key: MessageKey,
  count: number,
  values: Readonly<Record<string, string | number>> = {},
): string {
  return t(key, { count: count.toLocaleString(), ...values }, count)
}

/** The words of a message that came from the main process. */
export function say(message: Message): string {
  return wordsOf(message, t)
}
