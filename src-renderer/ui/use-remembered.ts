import * as v from 'valibot'
import { watch, type WatchSource } from 'vue'
import type { FieldName } from './filter.ts'
import { useShownLists, type ShownList } from './shown-lists.ts'

/**
 * Keeps over restarts what somebody chose of a list. What was stored under this name is handed to `restore` at once, if
 * it is still what the schema allows; every later value of `chosen` is stored. For stores: it lasts as long as the
 * window.
 */
export function useRemembered<Schema extends v.GenericSchema>(
  name: ShownList,
  schema: Schema,
  chosen: WatchSource<v.InferOutput<Schema>>,
  restore: (stored: v.InferOutput<Schema>) => void,
): void {
  const lists = useShownLists()
  const stored = readStored(lists.stored[name], schema)
  if (stored !== null) restore(stored.value)
  watch(chosen, (value) => lists.tell(name, JSON.stringify(value)), { deep: true })
}

/** The schema of the text typed into a filter and of what is selected in it. */
export function rememberedFilter<const Fields extends readonly FieldName[]>(fields: Fields, most: number) {
  return {
    text: v.pipe(v.string(), v.maxLength(200)),
    conditions: v.pipe(
      v.array(v.strictObject({ field: v.picklist(fields), value: v.string(), isNegated: v.boolean() })),
      v.maxLength(most),
    ),
  }
}

function readStored<Schema extends v.GenericSchema>(
  text: string | undefined,
  schema: Schema,
): { readonly value: v.InferOutput<Schema> } | null {
  try {
    const parsed = v.safeParse(schema, JSON.parse(text ?? 'null'))
    return parsed.success ? { value: parsed.output } : null
  } catch {
    return null
  }
}
