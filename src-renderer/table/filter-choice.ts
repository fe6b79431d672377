import { type FilterField, type FilterToken, type TableFilter } from '#contract/saved-views.ts'

/**
 * What the user filters by, besides words. There is one place for each condition: what a facet sets is in its list, whether it was chosen
 * there or typed; everything else is a token.
 */
export type FilterChoice = Pick<TableFilter, 'serverIds' | 'environments' | 'states' | 'kinds'> & {
  readonly tokens: readonly FilterToken[]
}

export const NO_CHOICE: FilterChoice = { serverIds: [], environments: [], states: [], kinds: [], tokens: [] }

const LISTS = { server: 'serverIds', environment: 'environments', state: 'states', kind: 'kinds' } as const
/** The fields whose values have a list in the filter. */
export type ListedField = keyof typeof LISTS

/** All conditions as tokens, those of the lists first. */
export function tokensOf(choice: FilterChoice): FilterToken[] {
  const listed = (Object.keys(LISTS) as ListedField[]).flatMap((field) =>
    choice[LISTS[field]].map((value) => ({ field, value, isNegated: false })),
  )
  return [...listed, ...choice.tokens]
}

/** With one more condition. It takes the place of its opposite, so that no two contradict each other. */
export function withToken(
  choice: FilterChoice,
  token: FilterToken,
  isListed: (token: FilterToken) => boolean,
): FilterChoice {
  const without = withoutToken(withoutToken(choice, { ...token, isNegated: !token.isNegated }), token)
  if (!isListed(token)) return { ...without, tokens: [...without.tokens, token] }
  const list = LISTS[token.field as ListedField]
  return { ...without, [list]: [...without[list], token.value] }
}

export function withoutToken(choice: FilterChoice, { field, value, isNegated }: FilterToken): FilterChoice {
  const tokens = choice.tokens.filter(
    (other) => other.field !== field || other.value !== value || other.isNegated !== isNegated,
  )
  const list = isNegated || !(field in LISTS) ? null : LISTS[field as ListedField]
  return { ...choice, tokens, ...(list !== null && { [list]: choice[list].filter((other) => other !== value) }) }
}

/** Without the conditions of these fields. */
export function withoutFields(choice: FilterChoice, fields: readonly FilterField[]): FilterChoice {
  return tokensOf(choice)
    .filter(({ field }) => fields.includes(field))
    .reduce(withoutToken, choice)
}
