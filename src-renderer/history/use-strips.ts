import { onUnmounted, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import { CELL_MS, MAX_STRIPS, type Strip } from '#contract/monitoring.ts'
import { refId, type RefId, type SynchronizationRow } from '#contract/synchronizations.ts'
import { ask } from '../backend/ask.ts'

/**
 * How long the rows must stay the same before they are requested: scrolling through thousands requests only those it
 * ends at.
 */
const PAUSE_MS = 120
/** How many strips are kept. */
const KEPT = 2000

/**
 * The last 24 hours of the shown rows, by `refId`, without those that are not known yet or cannot be read. `now` is in
 * epoch ms. A row is requested once, and again when its state changes or a cell ends.
 */
export function useStrips(
  rows: () => readonly SynchronizationRow[],
  now: Ref<number>,
): ShallowRef<ReadonlyMap<RefId, Strip>> {
  const strips = shallowRef<ReadonlyMap<RefId, Strip>>(new Map())
  /** The version for which each was requested. */
  const asked = new Map<RefId, string>()
  let pause: ReturnType<typeof setTimeout> | undefined

  const versionOf = ({ health, since }: SynchronizationRow): string =>
    `${health} ${since} ${Math.floor(now.value / CELL_MS)}`

  async function read(): Promise<void> {
    const missing = rows()
      .filter((row) => asked.get(refId(row)) !== versionOf(row))
      .slice(0, MAX_STRIPS)
    if (missing.length === 0) return
    if (asked.size > KEPT) {
      asked.clear()
      strips.value = new Map()
    }
    for (const row of missing) asked.set(refId(row), versionOf(row))
    const versions = missing.map(versionOf)
    const found = await ask('history:strips', { refs: missing.map(({ serverId, key }) => ({ serverId, key })) }).catch(
      () => null,
    )
    const next = new Map(strips.value)
    for (const [index, row] of missing.entries()) {
      const id = refId(row)
      // Requested again in the meantime: the later answer counts.
      if (asked.get(id) !== versions[index]) continue
      const strip = found?.strips[index]
      if (strip === undefined) asked.delete(id)
      else next.set(id, strip)
    }
    strips.value = next
  }

  watch(
    () =>
      rows()
        .map((row) => `${refId(row)} ${versionOf(row)}`)
        .join('\n'),
    () => {
      clearTimeout(pause)
      pause = setTimeout(() => void read(), PAUSE_MS)
    },
  )
  void read()
  onUnmounted(() => clearTimeout(pause))

  return strips
}
