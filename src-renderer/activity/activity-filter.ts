import { defineStore } from 'pinia'
import * as v from 'valibot'
import { computed, ref, shallowRef, type Ref } from 'vue'
import {
  writeActions,
  writeOutcomeSchema,
  type AuditField,
  type AuditGroup,
  type AuditQuery,
  type AuditSummary,
} from '#contract/audit.ts'
import { serverCount, serverFacet, serverFields, shownServers, type FilteredServer } from '../servers/filter-servers.ts'
import { useServers } from '../servers/servers.ts'
import { nameOrder } from '../text/spoken.ts'
import { t } from '../text/t.ts'
import { countFacets, fieldTest, type ItemTest } from '../ui/condition-tests.ts'
import { nameOf, valueCalled, type Condition, type FieldName, type FieldValue, type FilterRules } from '../ui/filter.ts'
import { createListFilter, type ListFilter } from '../ui/list-filter.ts'
import { rememberedFilter, useRemembered } from '../ui/use-remembered.ts'

const ACTIVITY_FIELDS = [
  'server',
  'environment',
  'action',
  'outcome',
  'account',
  'object',
] as const satisfies readonly FieldName[]
/** What the audit trail can be filtered by. The main process does the filtering; `queryOf` says how. */
export type ActivityField = (typeof ACTIVITY_FIELDS)[number]
type ActivityCondition = Condition<ActivityField>

const MOST_CONDITIONS = 50

/** The summary before anything is known. */
export const NO_SUMMARY: AuditSummary = { total: 0, groups: [], servers: [], accounts: [], objects: [] }

const choiceSchema = v.strictObject(rememberedFilter(ACTIVITY_FIELDS, MOST_CONDITIONS))

/** What the user chose of the activity: it stays while another view is shown, and over restarts. */
export const useActivityChoice = defineStore('activity-choice', () => {
  const text = ref('')
  const conditions = shallowRef<readonly ActivityCondition[]>([])
  useRemembered(
    'activity',
    choiceSchema,
    () => ({ text: text.value, conditions: [...conditions.value] }),
    (stored) => {
      text.value = stored.text
      conditions.value = stored.conditions
    },
  )
  return { text, conditions }
})

/** The filter of the activity. `summary`: what is known about all entries that contain the words. */
export function useActivityFilter(
  { text, conditions }: { readonly text: Ref<string>; readonly conditions: Ref<readonly ActivityCondition[]> },
  summary: Readonly<Ref<AuditSummary>>,
): {
  readonly filter: ListFilter<ActivityField>
  readonly query: Readonly<Ref<AuditQuery>>
  /** How many entries the filter lets through. */
  readonly found: Readonly<Ref<number>>
} {
  const present = useServers()
  /** Those that there are, and those that were removed and left entries. */
  const servers = computed<readonly FilteredServer[]>(() => [
    ...present.list,
    ...summary.value.servers
      .filter(({ id }) => !present.byId.has(id))
      .map((server) => ({ ...server, environment: null })),
  ])
  const rules = computed(() => activityRules(servers.value, summary.value))
  const query = computed(() => queryOf(filter, servers.value))
  const counts = computed(() => {
    const { conditions: all } = filter.reading
    const ofServers = shownServers(all, servers.value)
    const facet = (field: ActivityField, valueOf: (group: AuditGroup) => string) => ({
      test: fieldTest(
        all,
        field,
        (value): ItemTest<AuditGroup> =>
          (group) =>
            valueOf(group) === value,
      ),
      valuesOf: (group: AuditGroup) => [valueOf(group)],
    })
    return countFacets(
      summary.value.groups,
      {
        server: {
          test: ({ serverId }) => ofServers?.has(serverId) ?? true,
          valuesOf: ({ serverId }) => [serverId],
        },
        action: facet('action', ({ action }) => action),
        outcome: facet('outcome', ({ outcome }) => outcome),
        account: facet('account', ({ account }) => account),
        // Passed by every entry: a facet with a single value that is not selected.
        all: { test: () => true, valuesOf: () => [''] },
      },
      () => true,
      ({ count }) => count,
    )
  })
  const found = computed(() => counts.value.all.get('') ?? 0)
  const filter: ListFilter<ActivityField> = createListFilter({
    text,
    conditions,
    rules,
    countOf: (field, value) => {
      switch (field) {
        case 'server':
        case 'environment':
          return serverCount(field, value, servers.value, counts.value.server)
        case 'action':
        case 'outcome':
        case 'account':
          return counts.value[field].get(value) ?? 0
        case 'object':
          return 0
      }
    },
  })
  return { filter, query, found }
}

function activityRules(
  servers: readonly FilteredServer[],
  { accounts, objects }: AuditSummary,
): FilterRules<ActivityField> {
  const actions = (): FieldValue[] => writeActions.map((action) => valueCalled(action, `activity.actions.${action}`))
  const outcomes = (): FieldValue[] =>
    writeOutcomeSchema.options.map((outcome) => valueCalled(outcome, `states.write.${outcome}`))
  const named = (values: readonly string[]): FieldValue[] => {
    const compare = nameOrder()
    return values.map((value) => ({ value, label: value })).sort((a, b) => compare(a.label, b.label))
  }
  const explained = (field: Exclude<ActivityField, 'server' | 'environment'>): string =>
    t(`activity.search.explained.${field}`)
  const facet = (field: ActivityField, values: readonly FieldValue[]) => ({
    id: field,
    name: nameOf(field),
    groups: [{ title: null, field, values }],
  })
  return {
    fields: {
      action: { explained: explained('action'), meaning: 'one', values: actions, listed: actions },
      object: { explained: explained('object'), meaning: 'whole', values: () => named(objects) },
      outcome: { explained: explained('outcome'), meaning: 'one', values: outcomes, listed: outcomes },
      ...serverFields(() => servers),
      account: { explained: explained('account'), meaning: 'part', values: () => named(accounts) },
    },
    facets: (chosen) => [
      serverFacet(servers, chosen),
      facet('action', actions()),
      facet('outcome', outcomes()),
      facet('account', named(accounts)),
    ],
    most: MOST_CONDITIONS,
  }
}

/** The query for the main process. Environments are sent as their servers, which it keeps with each entry. */
function queryOf({ reading }: ListFilter<ActivityField>, servers: readonly FilteredServer[]): AuditQuery {
  const ofServers = shownServers(reading.conditions, servers)
  const valuesOf = (field: AuditField, isNegated: boolean): string[] =>
    reading.conditions.filter((one) => one.field === field && one.isNegated === isNegated).map(({ value }) => value)
  const of = (field: AuditField): Pick<AuditQuery, AuditField> => {
    const [wanted, excluded] = [valuesOf(field, false), valuesOf(field, true)]
    if (wanted.length === 0 && excluded.length === 0) return {}
    return { [field]: { ...(wanted.length > 0 && { wanted }), ...(excluded.length > 0 && { excluded }) } }
  }
  return {
    ...(reading.words.length > 0 && {
      // SQLite knows the case of English letters alone.
      words: reading.words.map(({ typed, isNegated }) => ({ value: typed, isNegated })),
    }),
    ...(ofServers !== null && { server: { wanted: [...ofServers] } }),
    ...of('action'),
    ...of('outcome'),
    ...of('account'),
    ...of('object'),
  }
}
