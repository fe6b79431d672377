import { MAX_CONDITIONS, type FilterField, type FilterCondition, type StateFilter } from '#contract/saved-views.ts'
import { tagIdentity, holdsTag } from '#contract/noted.ts'
import type { Environment } from '#contract/servers.ts'
import type { SynchronizationRow } from '#contract/synchronizations.ts'
import { serverFacet, serverFields } from '../servers/filter-servers.ts'
import { nameOrder } from '../text/spoken.ts'
import { isMessageKey, say, t } from '../text/t.ts'
import {
  nameOf,
  valueCalled,
  type Condition,
  type FacetRules,
  type FieldRules,
  type FieldValue,
  type FilterRules,
} from '../ui/filter.ts'
import { isStateFilter, unlisted } from './filter-choice.ts'
import { partnerOf } from './partner.ts'
import type { ServerFact } from './sort-rows.ts'

/** What is known about a server. */
export type FilterServer = ServerFact & {
  readonly environment: Environment
  readonly baseUrl: string
  /** Its tags and note, as one text in lower case. */
  readonly noted: string
}

/** What the values of a filter are looked up in. */
export interface FilterFacts {
  readonly servers: ReadonlyMap<string, FilterServer>
  /** Asked only for those fields whose values are in the rows. */
  readonly rows: () => Iterable<SynchronizationRow>
  readonly stateOf: (row: SynchronizationRow) => StateFilter
  /** All that are in use, in the order of names. */
  readonly tags: () => readonly string[]
}

export type RowTest = (row: SynchronizationRow) => boolean

/** In the order in which they are offered. */
export const STATES = [
  'error',
  'attention',
  'transition',
  'running',
  'stopped',
  'unknown',
  'not-asked',
] as const satisfies readonly StateFilter[]
export const KINDS = ['centralized', 'distributed'] as const
export const HAVINGS = ['errors', 'conflicts', 'new'] as const

const states = (): FieldValue[] => STATES.map((value) => valueCalled(value, `states.health.${value}`))
const kinds = (): FieldValue[] => KINDS.map((value) => valueCalled(value, `table.search.kinds.${value}`))
const havings = (): FieldValue[] => HAVINGS.map((value) => valueCalled(value, `table.search.having.${value}`))

/** The fields whose values are texts of the rows, and what a typed value means. */
const TEXTS = { project: 'whole', partner: 'text', user: 'text', url: 'text' } as const
type TextField = keyof typeof TEXTS

/** What the table can be filtered by. */
export function tableRules(facts: FilterFacts): FilterRules<FilterField> {
  const explained = (field: TextField | 'state' | 'kind' | 'tag' | 'has'): string =>
    t(`table.search.explained.${field}`)
  const ofTexts = (field: TextField): FieldRules => ({
    explained: explained(field),
    meaning: TEXTS[field],
    values: () => textValues(field, facts),
    isFound: (value) => {
      const has = testOf({ field, value }, facts)
      for (const row of facts.rows()) if (has(row)) return true
      return false
    },
  })
  return {
    fields: {
      state: {
        explained: explained('state'),
        meaning: 'one',
        values: () => [...states(), ...shownStates(facts)],
        listed: states,
        labelOf: (value) => {
          const key = `synchronizations.states.${value}`
          return isMessageKey(key) ? t(key) : value
        },
      },
      ...serverFields(() => facts.servers.values()),
      kind: { explained: explained('kind'), meaning: 'one', values: kinds, listed: kinds },
      project: ofTexts('project'),
      partner: ofTexts('partner'),
      user: ofTexts('user'),
      url: ofTexts('url'),
      tag: { explained: explained('tag'), meaning: 'whole', values: () => facts.tags().map(tagValue) },
      has: { explained: explained('has'), meaning: 'one', values: havings, listed: havings },
    },
    facets: (chosen) => [
      serverFacet([...facts.servers.values()], chosen),
      { id: 'state', name: nameOf('state'), groups: [{ title: null, field: 'state', values: states() }] },
      {
        id: 'more',
        name: t('ui.filter.more'),
        isPlain: true,
        groups: [
          { title: nameOf('kind'), field: 'kind', values: kinds() },
          { title: nameOf('has'), field: 'has', values: havings().filter(({ value }) => value === 'new') },
          ...tagGroup(facts.tags(), chosen),
        ],
      },
    ],
    quick: [
      { field: 'has', value: 'errors', label: t('table.columns.errors') },
      { field: 'has', value: 'conflicts', label: t('table.search.having.conflicts') },
    ],
    most: MAX_CONDITIONS,
    countOf: (conditions) => unlisted(conditions).length,
  }
}

const tagValue = (tag: string): FieldValue => ({ value: tag, label: tag })

/** None while nothing is tagged. A selected tag is shown, even if it is gone. */
function tagGroup(
  tags: readonly string[],
  chosen: readonly Condition<FilterField>[],
): FacetRules<FilterField>['groups'] {
  const wanted = chosen.filter(({ field, isNegated }) => field === 'tag' && !isNegated).map(({ value }) => value)
  const values = [...tags, ...wanted.filter((tag) => !holdsTag(tags, tag))].map(tagValue)
  return values.length === 0 ? [] : [{ title: nameOf('tag'), field: 'tag', values }]
}

/** What a row shows as its state, as the filter keeps it: the same in every language. */
function stateName({ state: { key, values } }: SynchronizationRow): string {
  return key === 'text.foreign' ? String(values?.['text']) : (key.split('.').at(-1) ?? '')
}

/** The values in the rows, each once, ordered by name. */
function textValues(field: TextField, facts: FilterFacts): FieldValue[] {
  const texts = new Set<string>()
  for (const row of facts.rows()) for (const text of textsOf(field, row, facts)) if (text !== '') texts.add(text)
  return [...texts].sort(nameOrder()).map((text) => ({ value: text, label: text }))
}

function shownStates(facts: FilterFacts): FieldValue[] {
  const known = new Set(states().map(({ label }) => label))
  const found = new Map<string, string>()
  for (const row of facts.rows()) {
    const name = stateName(row)
    if (!found.has(name)) found.set(name, say(row.state))
  }
  return [...found]
    .map(([value, label]) => ({ value, label, also: [value] }))
    .filter(({ value, label }) => !known.has(label) && !isStateFilter(value))
}

/** What a row is found by. */
function textsOf(field: TextField, row: SynchronizationRow, facts: FilterFacts): string[] {
  const sides = [row.first, row.second].flatMap((side) => side ?? [])
  const own = facts.servers.get(row.serverId)?.baseUrl ?? ''
  switch (field) {
    case 'project':
      return sides.map(({ projectKey }) => projectKey)
    case 'user':
      return sides.map(({ user }) => user)
    case 'url':
      return [...sides.map(({ baseUrl }) => baseUrl), own]
    case 'partner': {
      const partner = partnerOf(row, own)
      return partner === null ? [] : [partner.projectKey, partner.address]
    }
  }
}

/** Whether a row has this value. */
export function testOf({ field, value }: Pick<FilterCondition, 'field' | 'value'>, facts: FilterFacts): RowTest {
  switch (field) {
    case 'server':
      return ({ serverId }) => serverId === value
    case 'environment':
      return ({ serverId }) => facts.servers.get(serverId)?.environment === value
    case 'kind':
      return ({ kind }) => kind === value
    case 'state':
      return isStateFilter(value)
        ? (row) => facts.stateOf(row) === value
        : (row) => facts.stateOf(row) !== 'not-asked' && stateName(row) === value
    case 'has':
      return ({ issuesInError, conflictCount, newConflictCount }) =>
        ((value === 'errors' ? issuesInError : value === 'new' ? newConflictCount : conflictCount) ?? 0) > 0
    case 'tag': {
      const wanted = tagIdentity(value)
      const ofServers = new Set(
        [...facts.servers.values()].filter(({ tags = [] }) => holdsTag(tags, value)).map(({ id }) => id),
      )
      return ({ serverId, tags }) =>
        (tags?.some((tag) => tag === value || tagIdentity(tag) === wanted) ?? false) || ofServers.has(serverId)
    }
    case 'project':
      return (row) => textsOf(field, row, facts).includes(value)
    case 'partner': {
      const wanted = value.toLowerCase()
      return (row) => {
        const [projectKey, address] = textsOf(field, row, facts)
        return projectKey?.toLowerCase() === wanted || (address !== undefined && address.includes(wanted))
      }
    }
    case 'user':
    case 'url': {
      const wanted = value.toLowerCase()
      return (row) => textsOf(field, row, facts).some((text) => text.toLowerCase().includes(wanted))
    }
  }
}
