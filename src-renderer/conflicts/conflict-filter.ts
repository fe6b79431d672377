import { defineStore } from 'pinia'
import * as v from 'valibot'
import { computed, ref, shallowRef, type Ref } from 'vue'
import type { Conflict } from '#contract/conflicts.ts'
import { shownServers, serverCount, serverFacet, serverFields, type FilteredServer } from '../servers/filter-servers.ts'
import { useServers } from '../servers/servers.ts'
import { nameOrder } from '../text/spoken.ts'
import { t } from '../text/t.ts'
import { kindWords, severityWords } from '../text/vendor-words.ts'
import { countFacets, every, fieldTest, type ItemTest } from '../ui/condition-tests.ts'
import {
  nameOf,
  valueCalled,
  type Condition,
  type FacetRules,
  type FieldName,
  type FieldValue,
  type FilterRules,
} from '../ui/filter.ts'
import { createListFilter, type ListFilter } from '../ui/list-filter.ts'
import type { SearchWord } from '../ui/read-search.ts'
import { rememberedFilter, useRemembered } from '../ui/use-remembered.ts'
import { stateOf, type ConflictState } from './conflicts.ts'
import { CONFLICT_GROUPINGS, type ConflictGrouping, type ConflictNames } from './group-conflicts.ts'

const CONFLICT_FIELDS = [
  'state',
  'server',
  'environment',
  'kind',
  'severity',
  'key',
  'field',
] as const satisfies readonly FieldName[]
/** What conflicts can be filtered by. */
export type ConflictField = (typeof CONFLICT_FIELDS)[number]
type ConflictCondition = Condition<ConflictField>

const STATES = ['new', 'known', 'gone'] as const satisfies readonly ConflictState[]
/** At first, those that exist. */
export const USUAL: readonly ConflictCondition[] = (['new', 'known'] as const).map((value) => ({
  field: 'state',
  value,
  isNegated: false,
}))
const MOST_CONDITIONS = 50
/** A facet lists no more; any other value can be typed. */
const MOST_VALUES = 100

/** What the user chose of a list. */
export interface ConflictChoice {
  readonly text: Ref<string>
  readonly conditions: Ref<readonly ConflictCondition[]>
  readonly grouping: Ref<ConflictGrouping>
  /** Groups of which only the heading is shown. */
  readonly closed: Ref<ReadonlySet<string>>
}

export function newConflictChoice(grouping: ConflictGrouping): ConflictChoice {
  return { text: ref(''), conditions: shallowRef(USUAL), grouping: ref(grouping), closed: shallowRef(new Set()) }
}

const choiceSchema = v.strictObject({
  ...rememberedFilter(CONFLICT_FIELDS, MOST_CONDITIONS),
  grouping: v.picklist(CONFLICT_GROUPINGS),
})

/** What the user chose of the list of all conflicts: it stays while another view is shown, and over restarts. */
export const useConflictChoice = defineStore('conflict-choice', () => {
  const servers = useServers()
  const choice = newConflictChoice('synchronization')
  const { text, conditions, grouping } = choice
  useRemembered(
    'conflicts',
    choiceSchema,
    () => ({ text: text.value, conditions: [...conditions.value], grouping: grouping.value }),
    (stored) => {
      text.value = stored.text
      // A server that was removed took its conflicts with it.
      conditions.value = stored.conditions.filter(({ field, value }) => field !== 'server' || servers.byId.has(value))
      grouping.value = stored.grouping
    },
  )
  return choice
})

/** What the filter of conflicts is made of. */
export interface ConflictFacts {
  readonly conflicts: () => readonly Conflict[]
  readonly servers: () => readonly FilteredServer[]
  readonly names: ConflictNames
  /** They are of one synchronization, whose server needs no facet. */
  readonly isOne: boolean
}

/** Filters a list of conflicts by what was chosen of it. */
export function useConflictFilter(
  { text, conditions }: Pick<ConflictChoice, 'text' | 'conditions'>,
  facts: ConflictFacts,
): { readonly filter: ListFilter<ConflictField>; readonly found: Readonly<Ref<readonly Conflict[]>> } {
  const rules = computed(() => conflictRules(facts))
  const tests = computed(() => conflictTests(filter.reading.words, filter.reading.conditions, facts))
  const found = computed(() => facts.conflicts().filter(every(Object.values(tests.value))))
  /** Counted only while they are shown. */
  const counts = computed(() => {
    const { rest, server, state, kind, severity } = tests.value
    return countFacets(
      facts.conflicts(),
      {
        server: { test: server, valuesOf: (conflict) => [conflict.serverId] },
        state: { test: state, valuesOf: (conflict) => [stateOf(conflict)] },
        kind: { test: kind, valuesOf: (conflict) => [conflict.kind] },
        severity: { test: severity, valuesOf: (conflict) => [conflict.severity] },
      },
      rest,
    )
  })
  const filter: ListFilter<ConflictField> = createListFilter({
    text,
    conditions,
    rules,
    usual: USUAL,
    countOf: (field, value) => {
      switch (field) {
        case 'server':
        case 'environment':
          return serverCount(field, value, facts.servers(), counts.value.server)
        case 'state':
        case 'kind':
        case 'severity':
          return counts.value[field].get(value) ?? 0
        case 'key':
        case 'field':
          return 0
      }
    },
  })
  return { filter, found }
}

function conflictRules({ conflicts, servers, isOne }: ConflictFacts): FilterRules<ConflictField> {
  const states = (): FieldValue[] => STATES.map((value) => valueCalled(value, `conflicts.states.${value}`))
  const kinds = (): FieldValue[] => valuesIn(conflicts(), ({ kind }) => kind, kindLabel)
  const severities = (): FieldValue[] =>
    valuesIn(
      conflicts(),
      ({ severity }) => severity,
      (severity) => severityWords(severity) || t('conflicts.search.withoutSeverity'),
    )
  const explained = (field: Exclude<ConflictField, 'server' | 'environment'>): string =>
    t(`conflicts.search.explained.${field}`)
  return {
    fields: {
      state: { explained: explained('state'), meaning: 'one', values: states, listed: states },
      ...serverFields(servers),
      kind: { explained: explained('kind'), meaning: 'one', values: kinds, labelOf: kindLabel },
      severity: { explained: explained('severity'), meaning: 'one', values: severities },
      key: {
        explained: explained('key'),
        meaning: 'whole',
        values: () => valuesIn(conflicts(), ({ key }) => key),
      },
      field: {
        explained: explained('field'),
        meaning: 'text',
        values: () => valuesIn(conflicts(), ({ field }) => field).filter(({ value }) => value !== ''),
        isFound: (text) => conflicts().some(hasField(text)),
      },
    },
    facets: (chosen) => [
      ...(isOne ? [] : [serverFacet(servers(), chosen)]),
      { id: 'state', name: nameOf('state'), groups: [{ title: null, field: 'state', values: states() }] },
      ...facetOf('kind', kinds()),
      ...facetOf('severity', severities()),
    ],
    most: MOST_CONDITIONS,
  }
}

/** None if there is nothing to choose from. */
function facetOf(field: 'kind' | 'severity', values: readonly FieldValue[]): FacetRules<ConflictField>[] {
  if (values.length < 2) return []
  return [{ id: field, name: nameOf(field), groups: [{ title: null, field, values: values.slice(0, MOST_VALUES) }] }]
}

function kindLabel(kind: string): string {
  return kindWords(kind) || t('conflicts.group.withoutKind')
}

/** The values in the conflicts, each once, ordered by name. */
function valuesIn(
  conflicts: readonly Conflict[],
  valueOf: (conflict: Conflict) => string,
  label: (value: string) => string = (value) => value,
): FieldValue[] {
  const compare = nameOrder()
  return [...new Set(conflicts.map(valueOf))]
    .map((value) => ({ value, label: label(value), also: [value] }))
    .sort((a, b) => compare(a.label, b.label))
}

const hasField =
  (text: string): ItemTest<Conflict> =>
  ({ field }) =>
    field.toLowerCase().includes(text)

/** What decides whether a conflict is shown, one facet at a time; `rest`: everything that has no facet. */
function conflictTests(
  words: readonly SearchWord[],
  conditions: readonly ConflictCondition[],
  { servers, names }: Pick<ConflictFacts, 'servers' | 'names'>,
): Readonly<Record<'rest' | 'server' | 'state' | 'kind' | 'severity', ItemTest<Conflict>>> {
  const ofServers = shownServers(conditions, servers())
  return {
    server: ofServers === null ? () => true : ({ serverId }) => ofServers.has(serverId),
    state: fieldTest(conditions, 'state', (value) => (conflict) => stateOf(conflict) === value),
    kind: fieldTest(
      conditions,
      'kind',
      (value) =>
        ({ kind }) =>
          kind === value,
    ),
    severity: fieldTest(
      conditions,
      'severity',
      (value) =>
        ({ severity }) =>
          severity === value,
    ),
    rest: every([
      ...words.map((word) => wordTest(word, names)),
      fieldTest(
        conditions,
        'key',
        (value) =>
          ({ key }) =>
            key === value,
      ),
      fieldTest(conditions, 'field', hasField),
    ]),
  }
}

function wordTest({ value, isNegated }: SearchWord, names: ConflictNames): ItemTest<Conflict> {
  // Asked for once per kind and severity: there are few of each, and many conflicts.
  const isWord = new Map<string, boolean>()
  const occursIn = (name: string, words: (name: string) => string): boolean => {
    const found = isWord.get(name) ?? words(name).toLowerCase().includes(value)
    isWord.set(name, found)
    return found
  }
  const has: ItemTest<Conflict> = (conflict) =>
    ownText(conflict).includes(value) ||
    occursIn(conflict.kind, kindWords) ||
    occursIn(conflict.severity, severityWords) ||
    names.server(conflict.serverId).toLowerCase().includes(value) ||
    names.summary(conflict).toLowerCase().includes(value)
  return isNegated ? (conflict) => !has(conflict) : has
}

/** There may be a hundred thousand; each is replaced when it changes. */
const texts = new WeakMap<Conflict, string>()
/** What a conflict itself says, in lower case. */
function ownText(conflict: Conflict): string {
  const known = texts.get(conflict)
  if (known !== undefined) return known
  const { key, connectorKey, kind, severity, field, message } = conflict
  const text = [key, connectorKey, kind, severity, field, message].join(' ').toLowerCase()
  texts.set(conflict, text)
  return text
}
