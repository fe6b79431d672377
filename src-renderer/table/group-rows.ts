import type { ServerId } from '#contract/ids.ts'
import { tagsOf } from '#contract/noted.ts'
import type { Grouping, StateFilter } from '#contract/saved-views.ts'
import { environmentSchema, type Environment } from '#contract/servers.ts'
import { HEALTH_RANK, type Health, type SynchronizationRow } from '#contract/synchronizations.ts'
import { nameOrder } from '../text/spoken.ts'
import { t } from '../text/t.ts'
import { projectsOf } from './columns.ts'
import { partnerOf } from './partner.ts'
import type { ServerFact } from './sort-rows.ts'

/** The head of a group; it comes before the group's rows in the list. */
export interface GroupHead {
  /** Unique across all groupings, and stable as long as the group exists. */
  readonly groupId: string
  readonly title: string
  readonly rows: readonly SynchronizationRow[]
  readonly isFolded: boolean
  /** The server, if rows are grouped by server. */
  readonly serverId: ServerId | null
}

/** How many of a group’s rows are in which health. */
export function countsOf({ rows }: GroupHead): Partial<Record<Health, number>> {
  const counts: Partial<Record<Health, number>> = {}
  for (const { health } of rows) counts[health] = (counts[health] ?? 0) + 1
  return counts
}

/** A line of the table. */
export type TableItem = SynchronizationRow | GroupHead

export function isHead(item: TableItem | undefined): item is GroupHead {
  return item !== undefined && 'groupId' in item
}

type Fact = ServerFact & { readonly environment: Environment; readonly baseUrl: string }

/**
 * Parts a partner’s project from its address, and a tag from the next, in the key of a group; none has a line break.
 */
const APART = '\n'

/** The rows below the heads of their groups, otherwise in the given order. Rows of folded groups are left out. */
export function groupRows(
  rows: readonly SynchronizationRow[],
  by: Grouping | null,
  servers: readonly Fact[],
  folded: ReadonlySet<string>,
): readonly TableItem[] {
  if (by === null) return rows
  const facts = new Map(servers.map((server, place) => [server.id, { ...server, place }]))
  // Words are made once per group, not per row: there may be tens of thousands.
  const groups = new Map<string, SynchronizationRow[]>()
  for (const row of rows) {
    const key = keyOf(row, by, facts.get(row.serverId))
    const known = groups.get(key)
    if (known === undefined) groups.set(key, [row])
    else known.push(row)
  }
  const compare = nameOrder()
  return [...groups]
    .map(([key, own]) => ({ key, own, title: titleOf(key, by, facts), rank: rankOf(key, by, facts) }))
    .sort((a, b) => a.rank - b.rank || compare(a.title, b.title))
    .flatMap(({ key, own, title }): TableItem[] => {
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

function keyOf(row: SynchronizationRow, by: Grouping, server: Fact | undefined): string {
  switch (by) {
    case 'server':
      return row.serverId
    case 'environment':
      return server?.environment ?? 'test'
    case 'state':
      return server?.isStale === false ? row.health : 'not-asked'
    case 'project':
      return projectsOf(row)
    case 'partner': {
      const partner = partnerOf(row, server?.baseUrl ?? '')
      return partner === null ? '' : `${partner.projectKey}${APART}${partner.address}`
    }
    // A row appears only once: in the group for all of its tags.
    case 'tag':
      return tagsOf(row, server?.tags).toSorted().join(APART)
  }
}

type Facts = ReadonlyMap<string, Fact & { readonly place: number }>

function titleOf(key: string, by: Grouping, servers: Facts): string {
  switch (by) {
    case 'server':
      return servers.get(key)?.name ?? ''
    case 'environment':
      return t(`ui.filter.environments.${key as Environment}`)
    case 'state':
      return t(`states.health.${key as StateFilter}`)
    case 'project':
      return key
    case 'partner':
      return key === '' ? t('table.groups.partnerUnknown') : key.trim().replace(APART, ' · ')
    case 'tag':
      return key === '' ? t('table.groups.untagged') : key.replaceAll(APART, ', ')
  }
}

/**
 * Servers in the user’s order, environments from production to development, states worst first, projects, partners and
 * tags by name.
 */
function rankOf(key: string, by: Grouping, servers: Facts): number {
  switch (by) {
    case 'server':
      return servers.get(key)?.place ?? Number.MAX_SAFE_INTEGER
    case 'environment':
      return environmentSchema.options.indexOf(key as Environment)
    case 'state':
      return key === 'not-asked' ? Number.MAX_SAFE_INTEGER : HEALTH_RANK[key as Health]
    case 'project':
      return 0
    case 'partner':
    case 'tag':
      return key === '' ? 1 : 0
  }
}
