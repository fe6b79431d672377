import type { SynchronizationRow } from '#contract/synchronizations.ts'

interface KeyParts {
  readonly prefix: string
  readonly number: number
}

const keyParts = new WeakMap<SynchronizationRow, KeyParts>()

/**
 * `INT-9` before `INT-16`. Each key is split once: comparing with a collator would take most of the time of sorting.
 */
export function compareKeys(a: SynchronizationRow, b: SynchronizationRow): number {
  const [first, second] = [partsOf(a), partsOf(b)]
  if (first.prefix !== second.prefix) return first.prefix < second.prefix ? -1 : 1
  return first.number - second.number
}

function partsOf(row: SynchronizationRow): KeyParts {
  const known = keyParts.get(row)
  if (known !== undefined) return known
  const [, prefix = row.key, digits = '0'] = /^(.*?)(\d{1,15})$/.exec(row.key) ?? []
  const parts = { prefix, number: Number(digits) }
  keyParts.set(row, parts)
  return parts
}
