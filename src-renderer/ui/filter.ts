import type { MessageKey } from '#contract/messages/messages.ts'
import { inEnglish, t } from '../text/t.ts'

/** A field that some list can be filtered by. Its key and its name are the same in every list. */
export type FieldName = MessageKey extends infer Key
  ? Key extends `ui.filter.names.${infer Name}`
    ? Name
    : never
  : never

/** What a field must be, or must not be. Values are the same in every language. */
export interface Condition<Field extends FieldName> {
  readonly field: Field
  readonly value: string
  readonly isNegated: boolean
}

/** A value as stored by the filter, and its name where the user can select it. */
export interface FieldValue {
  readonly value: string
  readonly label: string
  /** What else it may be called by who types it. */
  readonly also?: readonly string[]
}

/** How a list is filtered by one field. */
export interface FieldRules {
  /** What it finds, shown beside its key. */
  readonly explained: string
  /**
   * What a typed text means: one of the values, by its name or an unmistakable beginning; all values whose name has it
   * in it; the value that is called so; or, for `text`, itself.
   */
  readonly meaning: 'one' | 'part' | 'whole' | 'text'
  /** The suggested values. If they come from the items of the list, called only while somebody types. */
  readonly values: () => readonly FieldValue[]
  /** All values, if they can be listed for somebody who typed another one. */
  readonly listed?: () => readonly FieldValue[]
  /** The name of a value that `values` and `listed` do not have. */
  readonly labelOf?: (value: string) => string
  /** Of a `text`: whether anything has it. */
  readonly isFound?: (text: string) => boolean
}

/** A facet: values to choose from, each of its groups from one field. */
export interface FacetRules<Field extends FieldName> {
  readonly id: string
  readonly name: string
  readonly groups: readonly {
    /** Null if there is only one group. */
    readonly title: string | null
    readonly field: Field
    readonly values: readonly FieldValue[]
  }[]
  /** Selected values are shown as chips of their own. */
  readonly isPlain?: boolean
}

/** A condition that is always in sight. */
export interface QuickRule<Field extends FieldName> {
  readonly field: Field
  readonly value: string
  readonly label: string
}

/**
 * What a list can be filtered by: the one definition from which the tokens that are typed, the facets that are chosen
 * from, the chips and the help are made.
 */
export interface FilterRules<Field extends FieldName> {
  /** In the order in which they are offered. */
  readonly fields: Readonly<Record<Field, FieldRules>>
  /** They may depend on what is selected: that is shown, even if it is gone. */
  readonly facets: (chosen: readonly Condition<Field>[]) => readonly FacetRules<Field>[]
  readonly quick?: readonly QuickRule<Field>[]
  /** How many conditions can be kept, and how many of these count. */
  readonly most: number
  readonly countOf?: (conditions: readonly Condition<Field>[]) => number
}

export function fieldsOf<Field extends FieldName>({ fields }: Pick<FilterRules<Field>, 'fields'>): Field[] {
  return Object.keys(fields) as Field[]
}

/** The key of a field in the window’s language. */
export function keyOf(field: FieldName): string {
  return t(`ui.filter.keys.${field}`)
}

/** What a field can be called before a colon: in the window’s language, and in English. */
export function keysOf(field: FieldName): readonly string[] {
  return [keyOf(field), inEnglish(`ui.filter.keys.${field}`)]
}

export function nameOf(field: FieldName): string {
  return t(`ui.filter.names.${field}`)
}

/** A field by its key in English or in the window’s language; null if there is none. */
export function fieldOf<Field extends FieldName>(key: string, rules: FilterRules<Field>): Field | null {
  return fieldsOf(rules).find((field) => keysOf(field).includes(key.toLowerCase())) ?? null
}

/** A value that is called by a message, and may be typed in English as well, or as the filter keeps it. */
export function valueCalled(value: string, key: MessageKey): FieldValue {
  return { value, label: t(key), also: [inEnglish(key), value] }
}

/** What typed texts are compared by: neither case nor quotes matter, and hyphens stand for spaces. */
function plain(text: string): string {
  return text
    .toLowerCase()
    .replaceAll('"', '')
    .replace(/[-\s]+/g, ' ')
    .trim()
}

/** The values that a typed text means; none if nothing has that name. */
export function meantBy({ meaning, values, isFound }: FieldRules, typed: string): readonly FieldValue[] {
  const wanted = plain(typed)
  if (wanted === '') return []
  if (meaning === 'text') {
    const value = typed.trim().toLowerCase()
    return isFound?.(value) === false ? [] : [{ value, label: value }]
  }
  const all = values().map((one) => ({ one, names: [one.label, ...(one.also ?? [])].map(plain) }))
  const those = (isMeant: (name: string) => boolean): FieldValue[] =>
    all.filter(({ names }) => names.some(isMeant)).map(({ one }) => one)
  const exact = those((name) => name === wanted)
  if (exact.length > 0 || meaning === 'whole') return exact
  if (meaning === 'part') return those((name) => name.includes(wanted))
  const begun = those((name) => name.startsWith(wanted))
  return begun.length === 1 ? begun : []
}

/** The name of a value for display. */
export function labelOf<Field extends FieldName>(
  { field, value }: Pick<Condition<Field>, 'field' | 'value'>,
  { fields }: FilterRules<Field>,
): string {
  const { meaning, values, listed, labelOf: nameIt } = fields[field]
  // If a value is its own name, nothing has to be searched for it.
  const known = meaning === 'one' || meaning === 'part' ? (listed ?? values)() : []
  return known.find((one) => one.value === value)?.label ?? nameIt?.(value) ?? value
}

/** A condition in words. */
export function conditionWords<Field extends FieldName>(
  condition: Condition<Field>,
  rules: FilterRules<Field>,
): string {
  const values = { field: nameOf(condition.field), value: labelOf(condition, rules) }
  return t(condition.isNegated ? 'ui.filter.chip.excluded' : 'ui.filter.chip.wanted', values)
}

function isSame(
  one: Pick<Condition<FieldName>, 'field' | 'value'>,
  other: Pick<Condition<FieldName>, 'field' | 'value'>,
): boolean {
  return one.field === other.field && one.value === other.value
}

/** With one more condition. It takes the place of its opposite, so that no two contradict each other. */
export function withCondition<Field extends FieldName>(
  conditions: readonly Condition<Field>[],
  condition: Condition<Field>,
): Condition<Field>[] {
  return [...conditions.filter((other) => !isSame(other, condition)), condition]
}

export function withoutCondition<Field extends FieldName>(
  conditions: readonly Condition<Field>[],
  condition: Condition<Field>,
): Condition<Field>[] {
  return conditions.filter((other) => !isSame(other, condition) || other.isNegated !== condition.isNegated)
}
