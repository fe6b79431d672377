import { mapInSlices } from '../time-slice.ts'

/** Indented JSON of a list, as from `JSON.stringify`, made in time slices: an export may have some 100,000 items. */
export async function jsonList<Item>(
  items: Iterable<Item>,
  valueOf: (item: Item) => unknown = (item) => item,
): Promise<string> {
  const texts = await mapInSlices(items, (item) => JSON.stringify([valueOf(item)], null, 2).slice(2, -2))
  return texts.length === 0 ? '[]' : `[\n${texts.join(',\n')}\n]`
}
