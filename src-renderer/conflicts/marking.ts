import type { Conflict } from '#contract/conflicts.ts'
import { ask } from '../backend/ask.ts'
import { counted, t } from '../text/t.ts'
import { useUndo } from '../ui/undo.ts'
import { stateOf } from './conflicts.ts'

/** Marks the new ones among these as seen, and offers to undo that for exactly those. */
export async function markSeen(conflicts: readonly Conflict[]): Promise<void> {
  const refs = conflicts
    .filter((conflict) => stateOf(conflict) === 'new')
    .map(({ serverId, key, identity }) => ({ serverId, key, identity }))
  if (refs.length === 0) return
  const { seenAt, marked } = await ask('conflicts:mark-seen', { conflicts: refs })
  const [first] = marked
  if (first === undefined) return
  useUndo().show({
    get words() {
      return counted('conflicts.undo.marked', marked.length, { key: first.key })
    },
    undo: async () => {
      const { count } = await ask('conflicts:mark-new', { conflicts: marked, seenAt })
      if (count === 0) throw new Error(t('conflicts.undo.over'))
    },
  })
}
