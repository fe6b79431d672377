import { computed, markRaw, type Ref } from 'vue'
import { withCondition, withoutCondition, type Condition, type FieldName, type FilterRules } from './filter.ts'
import { readSearch, takenOver, type SearchReading } from './read-search.ts'

/** The filter of a list: typed text and selected values in one. Everything it exposes is reactive. */
export interface ListFilter<Field extends FieldName> {
  readonly text: string
  readonly conditions: readonly Condition<Field>[]
  readonly rules: FilterRules<Field>
  /** Including what is being typed: it applies at once, before it is taken over. */
  readonly reading: SearchReading<Field>
  readonly isFiltering: boolean
  /** Whether there are conditions at first, to which `clear` leads back. */
  readonly hasUsual: boolean
  readonly type: (text: string) => void
  /**
   * Moves what is understood from the typed text into the conditions; `caret`: where the user is still typing, if so.
   */
  readonly takeOver: (caret?: number | null) => void
  readonly add: (condition: Condition<Field>) => void
  readonly remove: (condition: Condition<Field>) => void
  readonly clear: () => void
  /** How many items a value would show, given how the other facets are set. */
  readonly countOf: (field: Field, value: string) => number
}

/** Makes a filter of what it is kept in. `usual`: the conditions at first. */
export function createListFilter<Field extends FieldName>({
  text,
  conditions,
  rules,
  countOf,
  usual = [],
  onClear,
}: {
  readonly text: Ref<string>
  readonly conditions: Ref<readonly Condition<Field>[]>
  readonly rules: Readonly<Ref<FilterRules<Field>>>
  readonly countOf: (field: Field, value: string) => number
  readonly usual?: readonly Condition<Field>[]
  readonly onClear?: () => void
}): ListFilter<Field> {
  const reading = computed(() => readSearch(text.value, conditions.value, rules.value))
  const isUsual = computed(() => setText(conditions.value) === setText(usual))
  return markRaw({
    get text() {
      return text.value
    },
    get conditions() {
      return conditions.value
    },
    get rules() {
      return rules.value
    },
    get reading() {
      return reading.value
    },
    get isFiltering() {
      return text.value.trim() !== '' || !isUsual.value
    },
    hasUsual: usual.length > 0,
    type: (typed) => {
      text.value = typed
    },
    takeOver: (caret = null) => {
      const next = takenOver(text.value, conditions.value, reading.value, caret)
      if (next.text === text.value) return
      conditions.value = next.conditions
      text.value = next.text
    },
    add: (condition) => {
      conditions.value = withCondition(conditions.value, condition)
    },
    remove: (condition) => {
      conditions.value = withoutCondition(conditions.value, condition)
    },
    clear: () => {
      text.value = ''
      conditions.value = usual
      onClear?.()
    },
    countOf,
  })
}

/** The same for the same conditions in any order. */
function setText(conditions: readonly Condition<FieldName>[]): string {
  return JSON.stringify(conditions.map(({ field, value, isNegated }) => `${field} ${value} ${isNegated}`).sort())
}
