import type { FilterField, FilterCondition } from '#contract/saved-views.ts'
import { t } from '../text/t.ts'
import { FILTER_FIELDS, fieldOf, keyOf, valuesOf, type FilterFacts } from './filter-fields.ts'
import { isTyped } from './read-search.ts'
import { parseSearch } from './search-tokens.ts'

/** What a token can be completed to: a key, or a value that makes it whole. */
export type Completion = { readonly id: string; readonly label: string; readonly note: string } & (
  { readonly kind: 'key'; readonly text: string } | { readonly kind: 'value'; readonly condition: FilterCondition }
)

/** What is offered for what is typed, and which part of the text it takes the place of. */
export interface Completions {
  readonly from: number
  readonly to: number
  readonly options: readonly Completion[]
}

/** More than this nobody reads; who types on gets fewer. */
const MOST = 12

/** What can be typed at `caret`. Keys are offered to whoever began one, or wants to see them (`isAsked`); what begins so comes first. */
export function completionsOf(text: string, caret: number, facts: FilterFacts, isAsked: boolean): Completions {
  const token = parseSearch(text, fieldOf).find((one) => isTyped(one, caret))
  if (token === undefined) return { from: caret, to: caret, options: isAsked ? keys('', false) : [] }
  const { from, to, field, value, isNegated, key } = token
  if (field !== null) return { from, to, options: valuesFor(field, value, isNegated, facts) }
  const isWord = key === null && value !== '' && !text.slice(from, to).includes('"')
  return { from, to, options: isWord ? keys(value, isNegated) : [] }
}

function keys(begun: string, isNegated: boolean): Completion[] {
  const wanted = begun.toLowerCase()
  return FILTER_FIELDS.filter((field) => [field, keyOf(field)].some((key) => key.startsWith(wanted))).map((field) => {
    const text = `${isNegated ? '-' : ''}${keyOf(field)}:`
    return { kind: 'key', id: field, label: text, note: t(`table.search.explained.${field}`), text }
  })
}

function valuesFor(field: FilterField, typed: string, isNegated: boolean, facts: FilterFacts): Completion[] {
  const wanted = typed.toLowerCase()
  const found = valuesOf(field, facts).filter(({ label }) => label.toLowerCase().includes(wanted))
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
