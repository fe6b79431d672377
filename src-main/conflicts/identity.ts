import { createHash } from 'node:crypto'
import type { WireConflict } from '../backbone/conflicts.ts'
import { TimeSlice } from '../time-slice.ts'
import { asObject, asText } from '../wire-values.ts'

/**
 * Names each conflict of a reading so that the name stays the same in the next reading. The name is made from the
 * conflict's content, not from ids or times, which a server may generate anew; without content, from its JSON.
 * Identical conflicts are numbered. Works in time slices.
 */
export async function identify(conflicts: readonly WireConflict[]): Promise<Map<string, WireConflict>> {
  const slice = new TimeSlice()
  const named = new Map<string, WireConflict>()
  const counts = new Map<string, number>()
  for (const conflict of conflicts) {
    const name = hashOf(conflict)
    const count = (counts.get(name) ?? 0) + 1
    counts.set(name, count)
    named.set(count === 1 ? name : `${name}-${count}`, conflict)
    if (slice.isOver) await slice.next()
  }
  return named
}

function hashOf({ connectorKey, kind, message, raw }: WireConflict): string {
  const object = asObject(raw)
  const field = asText(object?.field) || asText(object?.fieldMapping)
  const says = message === '' && field === '' ? canonical(raw) : [connectorKey, kind, field, message]
  return createHash('sha256').update(JSON.stringify(says)).digest('hex').slice(0, 24)
}

/** The value with the names of its objects in order, so that a server's order does not matter. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical)
  const object = asObject(value)
  if (object === null) return value
  return Object.entries(object)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, inner]) => [name, canonical(inner)])
}
