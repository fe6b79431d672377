import { MAX_CONDITIONS, type FilterField, type FilterCondition } from '#contract/saved-views.ts'
import { t } from '../text/t.ts'
import { withCondition, type FilterChoice, type ListedField } from './filter-choice.ts'
import { fieldOf, isClosed, isStateFilter, meantBy, valuesOf, type FilterFacts } from './filter-fields.ts'
import { parseSearch, withoutTokens, type PlacedToken } from './search-tokens.ts'

/** A word that is looked for anywhere in a row. In lower case. */
export interface SearchWord {
  readonly value: string
  readonly isNegated: boolean
}

/** A token that could not be understood, and why. */
export interface SearchTrouble {
  readonly token: PlacedToken
  readonly why: 'no-key' | 'no-value' | 'no-such-value' | 'too-many'
}

/** What a typed text means, together with what was chosen before. */
export interface SearchReading {
  readonly words: readonly SearchWord[]
  readonly choice: FilterChoice
  readonly troubles: readonly SearchTrouble[]
  /** The tokens that are in the choice now, each with what it stands for. */
  readonly understood: readonly Understood[]
}

export interface Understood {
  readonly token: PlacedToken
  readonly meant: readonly FilterCondition[]
}

const LISTED: readonly FilterField[] = ['server', 'environment', 'state', 'kind'] satisfies ListedField[]

/** Whether a condition is one of those that a facet keeps in its list. */
export function isListed({ field, value, isNegated }: FilterCondition): boolean {
  return !isNegated && LISTED.includes(field) && (field !== 'state' || isStateFilter(value))
}

/** A key that nobody knows is told, and looked for as a word; a token whose value means nothing is told, and filters nothing. */
export function readSearch(text: string, chosen: FilterChoice, facts: FilterFacts): SearchReading {
  const words: SearchWord[] = []
  const troubles: SearchTrouble[] = []
  const understood: Understood[] = []
  let choice = chosen
  for (const token of parseSearch(text, fieldOf)) {
    const { field, value, isNegated, key } = token
    if (field === null) {
      words.push({ value: value.toLowerCase(), isNegated })
      if (key !== null && value.length > key.length + 1) troubles.push({ token, why: 'no-key' })
      continue
    }
    const meant = meantBy(field, value, facts).map((one) => ({ field, value: one.value, isNegated }))
    const next = meant.reduce((so, one) => withCondition(so, one, isListed), choice)
    if (value === '') troubles.push({ token, why: 'no-value' })
    else if (meant.length === 0) troubles.push({ token, why: 'no-such-value' })
    else if (next.conditions.length > MAX_CONDITIONS) troubles.push({ token, why: 'too-many' })
    else {
      choice = next
      understood.push({ token, meant })
    }
  }
  return { words, choice, troubles, understood }
}

/** What is chosen, and what is left of the text, once all tokens are taken over but the one that somebody is still typing at `caret`. */
export function takenOver(
  text: string,
  chosen: FilterChoice,
  { understood }: SearchReading,
  caret: number | null,
): { readonly text: string; readonly choice: FilterChoice } {
  const done = understood.filter(({ token }) => !isTyped(token, caret))
  return {
    text: withoutTokens(
      text,
      done.map(({ token }) => token),
    ),
    choice: done.flatMap(({ meant }) => meant).reduce((so, one) => withCondition(so, one, isListed), chosen),
  }
}

/** Whether somebody is still typing this token. `caret`: null where nobody types. */
export function isTyped({ from, to }: Pick<PlacedToken, 'from' | 'to'>, caret: number | null): boolean {
  return caret !== null && caret >= from && caret <= to
}

/** Why a token was not understood, in words. */
export function troubleWords({ token, why }: SearchTrouble, facts: FilterFacts): string {
  const { key, field, value } = token
  if (field === null || why === 'no-key') return t('table.search.trouble.key', { key: key ?? '' })
  if (why === 'too-many') return t('table.search.trouble.many', { count: MAX_CONDITIONS })
  const name = t(`table.search.names.${field}`)
  const values = isClosed(field)
    ? valuesOf(field, { ...facts, rows: () => [] })
        .map(({ label }) => label)
        .join(', ')
    : ''
  const told = [
    why === 'no-value'
      ? t('table.search.trouble.empty', { key: key ?? '' })
      : t('table.search.trouble.value', { field: name, value }),
    values === '' ? '' : t('table.search.trouble.values', { values }),
  ]
  return told.filter((sentence) => sentence !== '').join(' ')
}
