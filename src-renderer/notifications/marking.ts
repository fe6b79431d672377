import { ask } from '../backend/ask.ts'
import { counted, t } from '../text/t.ts'
import { useUndo } from '../ui/undo.ts'

/**
 * Marks these as read, and offers to undo that for exactly those that were unread. The list does so by itself when it closes: what
 * somebody did on purpose goes on being offered.
 */
export async function markRead(ids: readonly number[]): Promise<void> {
  const { ids: marked } = await ask('notifications:mark-read', { ids: [...ids] })
  const undo = useUndo()
  if (marked.length === 0 || undo.isShown) return
  undo.show({
    get words() {
      return counted('notifications.undo.read', marked.length)
    },
    undo: async () => {
      const { ids: unread } = await ask('notifications:mark-unread', { ids: marked })
      if (unread.length === 0) throw new Error(t('notifications.undo.readOver'))
    },
  })
}

/** Takes these out of the list, and offers to bring exactly those back as they were. */
export async function dismiss(ids: readonly number[]): Promise<void> {
  const { ids: dismissed } = await ask('notifications:dismiss', { ids: [...ids] })
  if (dismissed.length === 0) return
  useUndo().show({
    get words() {
      return counted('notifications.undo.dismissed', dismissed.length)
    },
    undo: async () => {
      const { ids: restored } = await ask('notifications:restore', { ids: dismissed })
      if (restored.length === 0) throw new Error(t('notifications.undo.dismissedOver'))
    },
  })
}
