import { ask } from '../backend/ask.ts'
import { counted, t } from '../text/t.ts'
import { useUndo } from '../ui/undo.ts'

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
