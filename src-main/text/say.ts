import {
  compile,
  createCoreContext,
  fallbackWithLocaleChain,
  registerLocaleFallbacker,
  registerMessageCompiler,
  registerMessageResolver,
  resolveValue,
  translate,
  type CoreContext,
} from '@intlify/core-base'
import english from '#contract/messages/en.json' with { type: 'json' }
import { wordsOf, type Message, type MessageValues, type Speaker } from '#contract/messages/message.ts'
import { languageFor, SOURCE_LANGUAGE, type MessageKey, type Messages } from '#contract/messages/messages.ts'

// As vue-i18n does. This compiler composes functions, and writes none: no `eval`.
registerMessageCompiler(compile)
registerMessageResolver(resolveValue)
registerLocaleFallbacker(fallbackWithLocaleChain)

const englishContext = contextOf({ [SOURCE_LANGUAGE]: english }, SOURCE_LANGUAGE)
let context = englishContext

/**
 * Takes the language that suits who asked for `wanted` (BCP 47, the most wanted first) from `languages`, for everything that the main
 * process says by itself. Until then it speaks English.
 */
export function speak(languages: Readonly<Record<string, Messages>>, wanted: readonly string[]): void {
  context = contextOf(languages, languageFor(wanted, Object.keys(languages)))
}

/** The words of a message. */
export function say(message: Message): string {
  return wordsOf(message, speakerOf(context))
}

/** The words of a message for the log, that developers read: in English, whatever language the user reads. */
export function sayForLog(message: Message): string {
  return wordsOf(message, speakerOf(englishContext))
}

function speakerOf(spoken: CoreContext): Speaker {
  return (key, values, count) =>
    String(count === undefined ? translate(spoken, key, values) : translate(spoken, key, values, count))
}

/** The words of a message by its key. */
export function t(key: MessageKey, values?: MessageValues): string {
  return say({ key, values })
}

function contextOf(messages: Readonly<Record<string, Messages>>, locale: string): CoreContext {
  return createCoreContext({
    locale,
    fallbackLocale: SOURCE_LANGUAGE,
    // Typed by their keys; the library’s own types want one shape for all languages.
    messages: messages as Record<string, Record<string, never>>,
    missingWarn: false,
    fallbackWarn: false,
  }) as CoreContext
}
