import { ref, watch, type Ref } from 'vue'
import type { WordedError } from '#contract/errors.ts'
import type { SynchronizationDetail, SynchronizationRow } from '#contract/synchronizations.ts'
import { ask, errorData } from '../backend/ask.ts'
import { useLatest } from '../ui/use-latest.ts'

/**
 * The detail of the synchronization that a panel shows, and why it could not be read. It is read when another one is
 * selected and when its row changes; a late answer to an earlier request is dropped.
 */
export function useDetail(row: Readonly<Ref<SynchronizationRow | undefined>>) {
  const detail = ref<SynchronizationDetail | null>(null)
  const error = ref<WordedError | null>(null)
  const beginReading = useLatest()

  async function read({ serverId, key }: SynchronizationRow): Promise<void> {
    const isLatest = beginReading()
    const take = (answer: SynchronizationDetail): void => {
      if (!isLatest()) return
      detail.value = answer
      error.value = null
    }
    try {
      // The last reading is shown at once and refreshed from the server.
      if (detail.value === null) take(await ask('synchronizations:detail', { serverId, key, isCached: true }))
      take(await ask('synchronizations:detail', { serverId, key }))
    } catch (thrown) {
      if (isLatest()) error.value = errorData(thrown)
    }
  }

  watch(
    row,
    (current, previous) => {
      const isSame = current !== undefined && current.serverId === previous?.serverId && current.key === previous.key
      if (!isSame) {
        detail.value = null
        error.value = null
      }
      if (current !== undefined) void read(current)
    },
    { immediate: true },
  )

  return { detail, error }
}
