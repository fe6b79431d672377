import { watch } from 'vue'
import { ask } from '../backend/ask.ts'
import { useShownLists } from '../ui/shown-lists.ts'

const KEEP_AFTER_MS = 300

/**
 * Has the main process store what the lists show, once the user pauses. What could not be stored is stored with the
 * next change.
 */
export function keepShownLists(): void {
  const lists = useShownLists()
  let timer: ReturnType<typeof setTimeout> | undefined
  watch(
    () => lists.chosen,
    (chosen) => {
      clearTimeout(timer)
      timer = setTimeout(
        () => void ask('settings:set', { shownLists: { ...lists.stored, ...chosen } }).catch(() => undefined),
        KEEP_AFTER_MS,
      )
    },
  )
}
