import { type FilterField, type FilterCondition, type TableFilter } from '#contract/saved-views.ts'

/**
 * What the user filters by, besides words. There is one place for each condition: what a facet sets is in its list, whether it was chosen
 * there or typed; everything else is in `conditions`.
 */
export type FilterChoice = Pick<TableFilter, 'serverIds' | 'environments' | 'states' | 'kinds'> & {
  readonly conditions: readonly FilterCondition[]
}

export const NO_CHOICE: FilterChoice = { serverIds: [], environments: [], states: [], kinds: [], conditions: [] }

const LISTS = { server: 'serverIds', environment: 'environments', state: 'states', kind: 'kinds' } as const
/** The fields whose values have a list in the filter. */
export type ListedField = keyof typeof LISTS

/** All of them alike, those of the lists first. */
export function conditionsOf(choice: FilterChoice): FilterCondition[] {
  const listed = (Object.keys(LISTS) as ListedField[]).flatMap((field) =>
    choice[LISTS[field]].map((value) => ({ field, value, isNegated: false })),
  )
  return [...listed, ...choice.conditions]
}

/** With one more condition. It takes the place of its opposite, so that no two contradict each other. */
export function withCondition(
  choice: FilterChoice,
  condition: FilterCondition,
  isListed: (condition: FilterCondition) => boolean,
): FilterChoice {
  const without = withoutCondition(
    withoutCondition(choice, { ...condition, isNegated: !condition.isNegated }),
    condition,
  )
  if (!isListed(condition)) return { ...without, conditions: [...without.conditions, condition] }
  const list = LISTS[condition.field as ListedField]
  return { ...without, [list]: [...without[list], condition.value] }
}

export function withoutCondition(choice: FilterChoice, { field, value, isNegated }: FilterCondition): FilterChoice {
  const conditions = choice.conditions.filter(
    (other) => other.field !== field || other.value !== value || other.isNegated !== isNegated,
  )
  const list = isNegated || !(field in LISTS) ? null : LISTS[field as ListedField]
  return { ...choice, conditions, ...(list !== null && { [list]: choice[list].filter((other) => other !== value) }) }
}

/** Without the conditions of these fields. */
export function withoutFields(choice: FilterChoice, fields: readonly FilterField[]): FilterChoice {
  return conditionsOf(choice)
    .filter(({ field }) => fields.includes(field))
    .reduce(withoutCondition, choice)
}
