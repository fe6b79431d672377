import type { Condition, FieldName } from './filter.ts'

export type ItemTest<Item> = (item: Item) => boolean

/** All of these tests in one. */
export function every<Item>(tests: readonly ItemTest<Item>[]): ItemTest<Item> {
  const [only] = tests
  if (only === undefined) return () => true
  return tests.length === 1 ? only : (item) => tests.every((test) => test(item))
}

/**
 * How items are filtered by one field: its values add up, and anything excluded is never shown. `testOf`: whether an
 * item has a value.
 */
export function fieldTest<Item, Field extends FieldName>(
  conditions: readonly Condition<Field>[],
  field: Field,
  testOf: (value: string) => ItemTest<Item>,
): ItemTest<Item> {
  const own = conditions.filter((condition) => condition.field === field)
  const wanted = own.filter(({ isNegated }) => !isNegated).map(({ value }) => testOf(value))
  const excluded = own.filter(({ isNegated }) => isNegated).map(({ value }) => testOf(value))
  return every([
    ...(wanted.length === 0 ? [] : [(item: Item) => wanted.some((has) => has(item))]),
    ...excluded.map(
      (has): ItemTest<Item> =>
        (item) =>
          !has(item),
    ),
  ])
}

/**
 * How many items each value of a facet would show, given how the others are set: an item counts for all facets if it is
 * shown, and for one if that one alone hides it. `rest`: everything that has no facet. `sizeOf`: for how many an item
 * stands.
 */
export function countFacets<Item, Facet extends string>(
  items: Iterable<Item>,
  facets: Readonly<
    Record<Facet, { readonly test: ItemTest<Item>; readonly valuesOf: (item: Item) => readonly string[] }>
  >,
  rest: ItemTest<Item>,
  sizeOf: (item: Item) => number = () => 1,
): Readonly<Record<Facet, ReadonlyMap<string, number>>> {
  const names = Object.keys(facets) as Facet[]
  const counts = Object.fromEntries(names.map((name) => [name, new Map<string, number>()])) as Record<
    Facet,
    Map<string, number>
  >
  for (const item of items) {
    if (!rest(item)) continue
    const hiding = names.filter((name) => !facets[name].test(item))
    if (hiding.length > 1) continue
    for (const name of hiding.length === 0 ? names : hiding)
      for (const value of facets[name].valuesOf(item))
        counts[name].set(value, (counts[name].get(value) ?? 0) + sizeOf(item))
  }
  return counts
}
