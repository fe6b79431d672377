import { shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import type { RecentCounts } from '#contract/monitoring.ts'
import { ask } from '../backend/ask.ts'
import { useLatest } from '../ui/use-latest.ts'

/** How often the counts are read again: the main process goes through a whole day for them. */
const COUNTS_EVERY_MS = 5 * 60_000

/**
 * How many were broken or needed attention in the last 24 hours, from the local history; null until known. `now` in
 * epoch ms.
 */
export function useRecentCounts(now: Ref<number>): ShallowRef<RecentCounts | null> {
  const counts = shallowRef<RecentCounts | null>(null)

  const beginCounts = useLatest()
  watch(
    () => Math.floor(now.value / COUNTS_EVERY_MS),
    async () => {
      const isLatest = beginCounts()
      const found = await ask('history:counts', {}).catch(() => null)
      if (isLatest()) counts.value = found
    },
    { immediate: true },
  )

  return counts
}
