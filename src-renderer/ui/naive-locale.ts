import { deDE, enUS, type NLocale } from 'naive-ui'
import { computed } from 'vue'
import { spoken } from '../text/spoken.ts'

/** The components' own words, in the languages that they have and we speak. No component of theirs shows a date. */
const LOCALES: Readonly<Record<string, NLocale>> = { de: deDE }

/** The components' own texts, in the current language. */
export const naiveLocale = computed(() => LOCALES[spoken.value.language] ?? enUS)
