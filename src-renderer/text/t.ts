import { createI18n } from 'vue-i18n'
import { languages } from '#contract/messages/languages.ts'
import { wordsOf, type Message } from '#contract/messages/message.ts'
import { SOURCE_LANGUAGE, spokenFor, type MessageKey, type Messages } from '#contract/messages/messages.ts'
import { numberText, spoken } from './spoken.ts'

/** The messages of the current language; components use `t`, `counted` and `MarkedText`. */
export const { global: i18n } = createI18n({
  legacy: false,
  locale: spoken.value.language,
  fallbackLocale: SOURCE_LANGUAGE,
  // Typed by their keys below; the library’s own types want one shape for all languages.
  messages: languages as Record<string, Record<string, never>>,
})

/**
 * Switches to the chosen language, or to the best match for a system that asks for `wanted`; what is already shown
 * changes with it.
 */
export function speak(choice: string, wanted: readonly string[]): void {
  const next = spokenFor(choice, wanted, Object.keys(languages))
  spoken.value = next
  i18n.locale.value = next.language
  document.documentElement.lang = next.language
}

/**
 * The words of a message, with `values` in its gaps. `count` chooses between the forms of a message that has several
 * (`one | many`); it is shown only where `values` has it too.
 */
export function t(key: MessageKey, values: Readonly<Record<string, string | number>> = {}, count?: number): string {
  return count === undefined ? i18n.t(key, values) : i18n.t(key, values, count)
}

/** The words of a message in English, which everybody can type. */
export function inEnglish(key: MessageKey): string {
  return i18n.t(key, {}, { locale: SOURCE_LANGUAGE })
}

const english = languages[SOURCE_LANGUAGE]
/** Whether there is a message of this key. */
export function isMessageKey(key: string): key is MessageKey {
  const found = key
    .split('.')
    .reduce<unknown>((within, name) => (within as Messages | string | undefined)?.[name as never], english)
  return typeof found === 'string'
}

/** A message with a number: `count` is written as the user writes numbers and chooses the plural form. */
export function counted(
  key: MessageKey,
  count: number,
  values: Readonly<Record<string, string | number>> = {},
): string {
  return t(key, { count: numberText(count), ...values }, count)
}

/** The words of a message that came from the main process. */
export function say(message: Message): string {
  return wordsOf(message, { locale: spoken.value.locale, say: t })
}
