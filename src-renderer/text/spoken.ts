import { computed, shallowRef } from 'vue'
import { languages } from '#contract/messages/languages.ts'
import { momentText as momentTextIn } from '#contract/messages/moment-text.ts'
import { PSEUDO_LANGUAGE } from '#contract/messages/pseudo.ts'
import { spokenFor, SYSTEM_LANGUAGE, type Spoken } from '#contract/messages/messages.ts'

const tags = Object.keys(languages)
/** Those that are offered: the pseudo-language is for developers. */
const offered = tags.filter((tag) => tag !== PSEUDO_LANGUAGE || import.meta.env.DEV)

/** The language of the page. Everything written with it follows when it changes. `t.ts` sets it. */
export const spoken = shallowRef<Spoken>(spokenFor(SYSTEM_LANGUAGE, navigator.languages, tags))

/** The languages that can be chosen, each with its own name for itself, in the order of these names. */
export const languageChoices: readonly { readonly tag: string; readonly name: string }[] = offered
  .map((tag) => ({ tag, name: new Intl.DisplayNames([tag], { type: 'language' }).of(tag) ?? tag }))
  .sort((a, b) => (a.name < b.name ? -1 : 1))

const numbers = computed(() => new Intl.NumberFormat(spoken.value.locale))
const collator = computed(() => new Intl.Collator(spoken.value.locale, { numeric: true, sensitivity: 'base' }))

/** A number as the user writes numbers. */
export function numberText(value: number, options?: Intl.NumberFormatOptions): string {
  return options === undefined ? numbers.value.format(value) : value.toLocaleString(spoken.value.locale, options)
}

/** The order of names in the user's locale, with `INT-2` before `INT-11`. Get it once per sort. */
export function nameOrder(): (a: string, b: string) => number {
  return collator.value.compare
}

/** A moment, written with these parts as the user writes them. `epochMs` in epoch ms. */
export function momentText(epochMs: number, parts: Intl.DateTimeFormatOptions): string {
  return momentTextIn(epochMs, spoken.value.locale, parts)
}
