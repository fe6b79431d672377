import type { Grouping, StateFilter } from '#contract/saved-views.ts'
import type { Environment } from '#contract/servers.ts'
import { HEALTH_RANK, type Health, type SynchronizationRow } from '#contract/synchronizations.ts'
import { t } from '../text/t.ts'
import { projectsOf } from './columns.ts'
import type { ServerFact } from './sort-rows.ts'

/** The head of a group, which stands in the list before its rows. */
export interface GroupHead {
  /** Unique, also among other groupings, and the same for as long as the group is. */
  readonly groupId: string
  readonly title: string
  readonly rows: readonly SynchronizationRow[]
  readonly isFolded: boolean
  /** The server that the group is, if it is one. */
  readonly serverId: string | null
}

/** How many of a group’s rows are in which health. */
export function countsOf({ rows }: GroupHead): Partial<Record<Health, number>> {
  const counts: Partial<Record<Health, number>> = {}
  for (const { health } of rows) counts[health] = (counts[health] ?? 0) + 1
  return counts
}

/** What stands on a line of the table. */
export type TableItem = SynchronizationRow | GroupHead

export function isHead(item: TableItem | undefined): item is GroupHead {
  return item !== undefined && 'groupId' in item
}

type Fact = ServerFact & { readonly environment: Environment }
const ENVIRONMENTS: readonly Environment[] = ['production', 'test', 'development']
const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' })

interface Group {
  readonly key: string
  readonly title: string
  readonly rank: number
}

/** The rows below the heads of their groups, in the order that they have; those of folded groups are left out. */
export function groupRows(
  rows: readonly SynchronizationRow[],
  by: Grouping | null,
  servers: readonly Fact[],
  folded: ReadonlySet<string>,
): readonly TableItem[] {
  if (by === null) return rows
  const facts = new Map(servers.map((server, place) => [server.id, { ...server, place }]))
  const groups = new Map<string, { readonly group: Group; readonly rows: SynchronizationRow[] }>()
  for (const row of rows) {
    const group = groupOf(row, by, facts.get(row.serverId))
    const known = groups.get(group.key)
    if (known === undefined) groups.set(group.key, { group, rows: [row] })
    else known.rows.push(row)
  }
  return [...groups.values()]
    .sort((a, b) => a.group.rank - b.group.rank || collator.compare(a.group.title, b.group.title))
    .flatMap(({ group: { key, title }, rows: own }): TableItem[] => {
      const groupId = `${by} ${key}`
      const head: GroupHead = {
        groupId,
        title,
        rows: own,
        isFolded: folded.has(groupId),
        serverId: by === 'server' ? key : null,
      }
      return head.isFolded ? [head] : [head, ...own]
    })
}

function groupOf(row: SynchronizationRow, by: Grouping, server: (Fact & { place: number }) | undefined): Group {
  switch (by) {
    case 'server':
      return { key: row.serverId, title: server?.name ?? '', rank: server?.place ?? Infinity }
    case 'environment': {
      const environment = server?.environment ?? 'test'
      return {
        key: environment,
        title: t(`table.toolbar.environment.${environment}`),
        rank: ENVIRONMENTS.indexOf(environment),
      }
    }
    case 'state': {
      const state: StateFilter = server?.isStale === false ? row.health : 'not-asked'
      return {
        key: state,
        title: t(`states.health.${state}`),
        rank: state === 'not-asked' ? Infinity : HEALTH_RANK[state],
      }
    }
    case 'project': {
      const project = projectsOf(row)
      return { key: project, title: project, rank: 0 }
    }
  }
}
