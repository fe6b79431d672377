import { environmentSchema, type Environment } from '#contract/servers.ts'
import {
  nameOf,
  valueCalled,
  type Condition,
  type FacetRules,
  type FieldName,
  type FieldRules,
  type FieldValue,
} from '../ui/filter.ts'
import { t } from '../text/t.ts'

/** What a filter needs to know about a server. `environment`: null for a removed one. */
export interface FilteredServer {
  readonly id: string
  readonly name: string
  readonly environment: Environment | null
}

/** The fields that a list of several servers is filtered by. */
export type ServerField = Extract<FieldName, 'server' | 'environment'>

const environmentValue = (environment: Environment): FieldValue =>
  valueCalled(environment, `ui.filter.environments.${environment}`)

export function serverFields(servers: () => Iterable<FilteredServer>): Readonly<Record<ServerField, FieldRules>> {
  const environments = (): FieldValue[] => environmentSchema.options.map(environmentValue)
  return {
    server: {
      explained: t('servers.filter.explained.server'),
      meaning: 'part',
      values: () => [...servers()].map(({ id, name }) => ({ value: id, label: name })),
    },
    environment: {
      explained: t('servers.filter.explained.environment'),
      meaning: 'one',
      values: environments,
      listed: environments,
    },
  }
}

/** Environments, if there are several, and servers. An environment includes all its servers, also those added later. */
export function serverFacet<Field extends FieldName>(
  servers: readonly FilteredServer[],
  chosen: readonly Condition<Field | ServerField>[],
): FacetRules<ServerField> {
  const wanted = new Set(chosen.filter(({ field }) => field === 'environment').map(({ value }) => value))
  const present = new Set(servers.map(({ environment }) => environment))
  // A selected one is shown, even if its servers are gone.
  const environments = environmentSchema.options.filter((one) => present.has(one) || wanted.has(one))
  const hasSeveral = environments.length > 1 || wanted.size > 0
  const ofServers = { field: 'server', values: servers.map(({ id, name }) => ({ value: id, label: name })) } as const
  return {
    id: 'server',
    name: nameOf('server'),
    groups: hasSeveral
      ? [
          {
            title: t('servers.filter.environments'),
            field: 'environment',
            values: environments.map(environmentValue),
          },
          { title: t('servers.filter.servers'), ...ofServers },
        ]
      : [{ title: null, ...ofServers }],
  }
}

/**
 * The servers whose items may be shown: those that are named or whose environment is, without those that are excluded.
 * Null for all.
 */
export function shownServers<Field extends FieldName>(
  conditions: readonly Condition<Field | ServerField>[],
  servers: Iterable<FilteredServer>,
): ReadonlySet<string> | null {
  const valuesOf = (field: ServerField, isNegated: boolean): ReadonlySet<string> =>
    new Set(conditions.filter((one) => one.field === field && one.isNegated === isNegated).map(({ value }) => value))
  const isAmong = ({ id, environment }: FilteredServer, [ids, environments]: readonly ReadonlySet<string>[]): boolean =>
    ids?.has(id) === true || (environment !== null && environments?.has(environment) === true)
  const wanted = [valuesOf('server', false), valuesOf('environment', false)]
  const excluded = [valuesOf('server', true), valuesOf('environment', true)]
  const isAny = wanted.every(({ size }) => size === 0)
  if (isAny && excluded.every(({ size }) => size === 0)) return null
  const shown = [...servers].filter((server) => (isAny || isAmong(server, wanted)) && !isAmong(server, excluded))
  return new Set(shown.map(({ id }) => id))
}

/** How many items a server, or all of an environment, would show; `counts` by server. */
export function serverCount(
  field: ServerField,
  value: string,
  servers: Iterable<FilteredServer>,
  counts: ReadonlyMap<string, number>,
): number {
  if (field === 'server') return counts.get(value) ?? 0
  return [...servers]
    .filter(({ environment }) => environment === value)
    .reduce((sum, { id }) => sum + (counts.get(id) ?? 0), 0)
}
