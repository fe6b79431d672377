import { fieldOf, fieldsOf, keyOf, keysOf, type Condition, type FieldName, type FilterRules } from './filter.ts'
import { isTyped } from './read-search.ts'
import { parseSearch } from './search-tokens.ts'

/** What a token can be completed to: a key, or a value that makes it whole. */
export type Completion<Field extends FieldName> = {
  readonly id: string
  readonly label: string
  readonly note: string
} & ({ readonly kind: 'key'; readonly text: string } | { readonly kind: 'value'; readonly condition: Condition<Field> })

/** The suggestions for what is typed, and the part of the text that they replace. */
export interface Completions<Field extends FieldName> {
  readonly from: number
  readonly to: number
  readonly options: readonly Completion<Field>[]
}

/** Nobody reads more than this; typing on leaves fewer. */
const MOST = 12

/**
 * What can be typed at `caret`. Keys are suggested once one is begun, or on request (`isAsked`); those that begin with
 * the text come first.
 */
export function completionsOf<Field extends FieldName>(
  text: string,
  caret: number,
  rules: FilterRules<Field>,
  isAsked: boolean,
): Completions<Field> {
  const token = parseSearch(text, (key) => fieldOf(key, rules)).find((one) => isTyped(one, caret))
  if (token === undefined) return { from: caret, to: caret, options: isAsked ? keys('', false, rules) : [] }
  const { from, to, field, value, isNegated, key } = token
  if (field !== null) return { from, to, options: valuesFor(field, value, isNegated, rules) }
  const isWord = key === null && value !== '' && !text.slice(from, to).includes('"')
  return { from, to, options: isWord ? keys(value, isNegated, rules) : [] }
}

function keys<Field extends FieldName>(
  begun: string,
  isNegated: boolean,
  rules: FilterRules<Field>,
): Completion<Field>[] {
  const wanted = begun.toLowerCase()
  return fieldsOf(rules)
    .filter((field) => keysOf(field).some((key) => key.startsWith(wanted)))
    .map((field) => {
      const text = `${isNegated ? '-' : ''}${keyOf(field)}:`
      return { kind: 'key', id: field, label: text, note: rules.fields[field].explained, text }
    })
}

function valuesFor<Field extends FieldName>(
  field: Field,
  typed: string,
  isNegated: boolean,
  { fields }: FilterRules<Field>,
): Completion<Field>[] {
  const wanted = typed.toLowerCase()
  const found = fields[field].values().filter(({ label }) => label.toLowerCase().includes(wanted))
  const isBegun = ({ label }: { label: string }): number => Number(!label.toLowerCase().startsWith(wanted))
  return found
    .toSorted((a, b) => isBegun(a) - isBegun(b))
    .slice(0, MOST)
    .map(({ value, label }) => ({
      kind: 'value',
      id: `${field} ${value}`,
      label,
      note: '',
      condition: { field, value, isNegated },
    }))
}
