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
import { momentText } from '#contract/messages/moment-text.ts'
import {
  SOURCE_LANGUAGE,
  spokenFor,
  SYSTEM_LANGUAGE,
  type MessageKey,
  type Messages,
  type Spoken,
} from '#contract/messages/messages.ts'

// As in vue-i18n. This compiler combines functions instead of generating code: no `eval`.
registerMessageCompiler(compile)
registerMessageResolver(resolveValue)
registerLocaleFallbacker(fallbackWithLocaleChain)

const ENGLISH: Spoken = { language: SOURCE_LANGUAGE, locale: SOURCE_LANGUAGE }
const englishSpeaker = speakerOf({ [SOURCE_LANGUAGE]: english }, ENGLISH)
let speaker = englishSpeaker

/**
 * Switches all messages of the main process to the chosen language, or to the best match for a system that asks for
 * `wanted` (BCP 47, the most wanted first). Until then it is English.
 */
export function speak(
  languages: Readonly<Record<string, Messages>>,
  wanted: readonly string[],
  choice: string = SYSTEM_LANGUAGE,
): void {
  speaker = speakerOf(languages, spokenFor(choice, wanted, Object.keys(languages)))
}

/** The words of a message. */
export function say(message: Message): string {
  return wordsOf(message, speaker)
}

/** The words of a message for the log, which developers read: in English, whatever the user's language. */
export function sayForLog(message: Message): string {
  return wordsOf(message, englishSpeaker)
}

/** A day and its time, as the user writes them. */
export function dateText(epochMs: number): string {
  return momentText(epochMs, speaker.locale, { dateStyle: 'medium', timeStyle: 'short' })
}

/** The language that is spoken (BCP 47). */
export function spokenLanguage(): string {
  return speaker.locale
}

function speakerOf(messages: Readonly<Record<string, Messages>>, { language, locale }: Spoken): Speaker {
  const context = contextOf(messages, language)
  return {
    locale,
    say: (key, values, count) =>
      String(count === undefined ? translate(context, key, values) : translate(context, key, values, count)),
  }
}

/** The words of a message by its key. */
export function t(key: MessageKey, values?: MessageValues): string {
  return say({ key, values })
}

function contextOf(messages: Readonly<Record<string, Messages>>, locale: string): CoreContext {
  return createCoreContext({
    locale,
    fallbackLocale: SOURCE_LANGUAGE,
    // Typed by their keys; the library’s own types require one form for all languages.
    messages: messages as Record<string, Record<string, never>>,
    missingWarn: false,
    fallbackWarn: false,
  }) as CoreContext
}
