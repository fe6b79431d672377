import * as v from 'valibot'
import type { Random } from '../../src-simulator/random.ts'

/** The known values in this round, by name: ids, keys, and addresses at which there is nobody. */
export type KnownValues = Readonly<Record<string, readonly string[]>>

interface Schema {
  readonly type: string
  readonly pipe?: readonly { readonly type: string; readonly requirement?: unknown }[]
  readonly entries?: Readonly<Record<string, unknown>>
  readonly item?: unknown
  readonly wrapped?: unknown
  readonly options?: readonly unknown[]
  readonly literal?: unknown
  readonly key?: unknown
  readonly value?: unknown
}

const TEXTS = [
  'a',
  'INT-2',
  'AP',
  'A name',
  'Größe ✓',
  'https://jira.invalid',
  'http://127.0.0.1:9',
  '0',
  '2026-03-01',
  'x'.repeat(100),
  '',
]

/** A random value that the schema accepts; `name` is the name of its field. */
export function accepted(random: Random, schema: unknown, known: KnownValues, name = ''): unknown {
  const found = schema as Schema
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const value = guess(random, found, known, name)
    if (found.pipe === undefined || v.safeParse(schema as v.GenericSchema, value).success) return value
  }
  return guess(random, found, known, name)
}

function guess(random: Random, schema: Schema, known: KnownValues, name: string): unknown {
  const inner = (next: unknown, as = name): unknown => accepted(random, next, known, as)
  switch (schema.type) {
    case 'string': {
      const names = known[name]
      const [first = '', ...rest] = names ?? TEXTS
      return random.pick([first, ...rest])
    }
    case 'number':
      return random.pick([0, 1, 2, 5, 10, 30, 60, 300, 3600, Date.now() + 60_000])
    case 'boolean':
      return random.whole(0, 1) === 1
    case 'null':
      return null
    case 'literal':
      return schema.literal
    case 'picklist': {
      const [first, ...rest] = schema.options ?? []
      return random.pick([first, ...rest])
    }
    case 'array':
      return Array.from({ length: random.whole(1, 3) }, () => inner(schema.item))
    case 'nullable':
      return random.whole(0, 3) === 0 ? null : inner(schema.wrapped)
    case 'optional':
      return random.whole(0, 2) === 0 ? undefined : inner(schema.wrapped)
    case 'variant':
    case 'union': {
      const [first, ...rest] = schema.options ?? []
      return inner(random.pick([first, ...rest]))
    }
    case 'record':
      return { [String(inner(schema.key))]: inner(schema.value) }
    case 'object':
    case 'strict_object':
    case 'loose_object':
      return Object.fromEntries(
        Object.entries(schema.entries ?? {})
          .map(([key, entry]) => [key, inner(entry, key)] as const)
          .filter(([, value]) => value !== undefined),
      )
    default:
      return null
  }
}
