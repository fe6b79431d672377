import { t } from '../text/t.ts'
import { fieldOf, meantBy, nameOf, withCondition, type Condition, type FieldName, type FilterRules } from './filter.ts'
import { parseSearch, withoutTokens, type PlacedToken } from './search-tokens.ts'

/** A word that is looked for anywhere in an item. */
export interface SearchWord {
  /** In lower case. */
  readonly value: string
  readonly typed: string
  readonly isNegated: boolean
}

/** A token that could not be understood, and why. */
export interface SearchTrouble<Field extends FieldName> {
  readonly token: PlacedToken<Field>
  readonly why: 'no-key' | 'no-value' | 'no-such-value' | 'too-many'
}

/** What a typed text means, together with what was chosen before. */
export interface SearchReading<Field extends FieldName> {
  readonly words: readonly SearchWord[]
  readonly conditions: readonly Condition<Field>[]
  readonly troubles: readonly SearchTrouble<Field>[]
  /** The tokens that are among the conditions now, each with what it stands for. */
  readonly understood: readonly Understood<Field>[]
}

export interface Understood<Field extends FieldName> {
  readonly token: PlacedToken<Field>
  readonly meant: readonly Condition<Field>[]
}

/**
 * An unknown key is reported, and searched for as a word; a token whose value means nothing is reported, and filters
 * nothing.
 */
export function readSearch<Field extends FieldName>(
  text: string,
  chosen: readonly Condition<Field>[],
  rules: FilterRules<Field>,
): SearchReading<Field> {
  const { most, countOf = ({ length }) => length } = rules
  const words: SearchWord[] = []
  const troubles: SearchTrouble<Field>[] = []
  const understood: Understood<Field>[] = []
  let conditions = chosen
  for (const token of parseSearch(text, (key) => fieldOf(key, rules))) {
    const { field, value, isNegated, key } = token
    if (field === null) {
      words.push({ value: value.toLowerCase(), typed: value, isNegated })
      if (key !== null && value.length > key.length + 1) troubles.push({ token, why: 'no-key' })
      continue
    }
    const meant = meantBy(rules.fields[field], value).map((one) => ({ field, value: one.value, isNegated }))
    const next = meant.reduce<readonly Condition<Field>[]>(withCondition, conditions)
    if (value === '') troubles.push({ token, why: 'no-value' })
    else if (meant.length === 0) troubles.push({ token, why: 'no-such-value' })
    else if (countOf(next) > most) troubles.push({ token, why: 'too-many' })
    else {
      conditions = next
      understood.push({ token, meant })
    }
  }
  return { words, conditions, troubles, understood }
}

/**
 * The selection, and the rest of the text, once all tokens are taken over except the one still being typed at `caret`.
 */
export function takenOver<Field extends FieldName>(
  text: string,
  chosen: readonly Condition<Field>[],
  { understood }: SearchReading<Field>,
  caret: number | null,
): { readonly text: string; readonly conditions: readonly Condition<Field>[] } {
  const done = understood.filter(({ token }) => !isTyped(token, caret))
  return {
    text: withoutTokens(
      text,
      done.map(({ token }) => token),
    ),
    conditions: done.flatMap(({ meant }) => meant).reduce<readonly Condition<Field>[]>(withCondition, chosen),
  }
}

/** Whether somebody is still typing this token. `caret`: null if nobody is typing. */
export function isTyped({ from, to }: Pick<PlacedToken<string>, 'from' | 'to'>, caret: number | null): boolean {
  return caret !== null && caret >= from && caret <= to
}

/** Why a token was not understood, in words. */
export function troubleWords<Field extends FieldName>(
  { token, why }: SearchTrouble<Field>,
  { fields, most }: FilterRules<Field>,
): string {
  const { key, field, value } = token
  if (field === null || why === 'no-key') return t('ui.filter.trouble.key', { key: key ?? '' })
  if (why === 'too-many') return t('ui.filter.trouble.many', { count: most })
  const listed = fields[field].listed?.() ?? []
  const values = listed.map(({ label }) => label).join(', ')
  const sentences = [
    why === 'no-value'
      ? t('ui.filter.trouble.empty', { key: key ?? '' })
      : t('ui.filter.trouble.value', { field: nameOf(field), value }),
    values === '' ? '' : t('ui.filter.trouble.values', { values }),
  ]
  return sentences.filter((sentence) => sentence !== '').join(' ')
}
