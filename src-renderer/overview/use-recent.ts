import { shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import { CELL_MS, type RecentCounts, type Strip } from '#contract/monitoring.ts'
import { refId, type RefId, type SynchronizationRow } from '#contract/synchronizations.ts'
import { ask } from '../backend/ask.ts'
import { useLatest } from '../ui/use-latest.ts'

/** How often the counts are read again: the main process goes through a day for them. */
const COUNTS_EVERY_MS = 5 * 60_000

/** The last 24 hours from the local history. What cannot be read is not there, and nothing is drawn in its place. */
export function useRecent(
  rows: () => readonly SynchronizationRow[],
  now: Ref<number>,
): { readonly strips: ShallowRef<ReadonlyMap<RefId, Strip>>; readonly counts: ShallowRef<RecentCounts | null> } {
  const strips = shallowRef<ReadonlyMap<RefId, Strip>>(new Map())
  const counts = shallowRef<RecentCounts | null>(null)

  const beginStrips = useLatest()
  watch(
    () =>
      [Math.floor(now.value / CELL_MS), ...rows().map((row) => `${refId(row)} ${row.health} ${row.since}`)].join('\n'),
    async () => {
      const refs = rows().map(({ serverId, key }) => ({ serverId, key }))
      const isLatest = beginStrips()
      if (refs.length === 0) return
      const found = await ask('history:strips', { refs }).catch(() => null)
      if (found === null || !isLatest()) return
      strips.value = new Map(
        refs.flatMap((ref, index) => {
          const strip = found.strips[index]
          return strip === undefined ? [] : [[refId(ref), strip] as const]
        }),
      )
    },
    { immediate: true },
  )

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

  return { strips, counts }
}
