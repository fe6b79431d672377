import type { SynchronizationRef } from '#contract/synchronizations.ts'
import { useSynchronizations } from '../synchronizations/synchronizations.ts'
import { counted, t } from '../text/t.ts'
import { useUndo } from '../ui/undo.ts'
import { useDrafts, type Discarded } from './drafts.ts'

/** Offers to restore a draft of `count` changes, unless another one has been started in the meantime. */
export function offerUndoOfDiscard(target: SynchronizationRef, count: number, discarded: Discarded): void {
  const { serverId, key } = target
  const drafts = useDrafts()
  const synchronizations = useSynchronizations()
  useUndo().show({
    get words() {
      return counted('panel.undo.discarded', count, { key })
    },
    undo: async () => {
      if (synchronizations.find({ serverId, key }) === undefined) throw new Error(t('panel.undo.gone', { key }))
      if (!drafts.bringBack({ serverId, key }, discarded)) throw new Error(t('panel.undo.otherDraft', { key }))
    },
  })
}
