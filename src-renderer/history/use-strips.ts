import { onUnmounted, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import { CELL_MS, MAX_STRIPS, type Strip } from '#contract/monitoring.ts'
import { refId, type RefId, type SynchronizationRow } from '#contract/synchronizations.ts'
import { ask } from '../backend/ask.ts'

/** After the first, rows stay the same for so long before they are asked for: scrolling through thousands asks for those it ends at. */
const PAUSE_MS = 120
/** What has been seen is kept, up to so many. */
const KEPT = 2000

/**
 * The last 24 hours of the rows that are shown, by `refId`; one that is not known yet, or cannot be read, is not there. `now` in epoch
 * ms. A row is asked for once, and again when its state changes or a cell is over.
 */
export function useStrips(
  rows: () => readonly SynchronizationRow[],
  now: Ref<number>,
): ShallowRef<ReadonlyMap<RefId, Strip>> {
  const strips = shallowRef<ReadonlyMap<RefId, Strip>>(new Map())
  /** The version in which each was asked for. */
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
      // Asked for anew meanwhile: the later answer holds.
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
