import { defineStore } from 'pinia'
import { onMounted, onUnmounted, shallowRef } from 'vue'
import { fieldsOf, keyOf, type FieldName, type FilterRules } from './filter.ts'

/** A key that can be typed into a filter, and what it finds. */
export interface KeyHelp {
  readonly key: string
  readonly explained: string
}

/** The keys of a list’s filter. */
export function keyHelpOf<Field extends FieldName>(rules: FilterRules<Field>): KeyHelp[] {
  return fieldsOf(rules).map((field) => ({ key: `${keyOf(field)}:`, explained: rules.fields[field].explained }))
}

/** What can be typed into the filter of the current view; null if it has none. */
export const useShownFilter = defineStore('shown-filter', () => ({ help: shallowRef<(() => KeyHelp[]) | null>(null) }))

/** Tells of this filter while the component is shown. */
export function useFilterHelp(help: () => KeyHelp[]): void {
  const shown = useShownFilter()
  onMounted(() => (shown.help = help))
  onUnmounted(() => {
    if (shown.help === help) shown.help = null
  })
}
