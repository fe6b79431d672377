import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import type { Settings } from '#contract/settings.ts'

type ShownLists = Settings['shownLists']
/** A list whose filter is kept over restarts. */
export type ShownList = keyof ShownLists

/**
 * What was shown of each list at the end of the last session, and what has been chosen since. `app/keep-shown.ts`
 * stores it.
 */
export const useShownLists = defineStore('shown-lists', () => {
  const stored = shallowRef<ShownLists>({})
  const chosen = shallowRef<ShownLists>({})

  function tell(name: ShownList, text: string): void {
    chosen.value = { ...chosen.value, [name]: text }
  }

  return { stored, chosen, tell }
})
