import { h, type VNodeChild } from 'vue'
import { sortSchema, type Sort } from '#contract/saved-views.ts'
import type { Server } from '#contract/servers.ts'
import { HEALTH_RANK, type SynchronizationRow } from '#contract/synchronizations.ts'
import { say, t } from '../text/t.ts'
import { ageText, clockText, fullText } from '../text/time.ts'
import EnvironmentMark from '../ui/EnvironmentMark.vue'
import StateIcon from '../ui/StateIcon.vue'
import { compareKeys } from './compare-keys.ts'

export type ColumnId = Sort['column']

export type CompareRows = (a: SynchronizationRow, b: SynchronizationRow) => number

/** What sorting needs besides the row. */
export interface RowOrder {
  readonly serverName: (row: SynchronizationRow) => string
  /** The row’s server is unavailable, and the row shows its last known state. */
  readonly isRemembered: (row: SynchronizationRow) => boolean
  /** When what the row shows was read; epoch ms. */
  readonly readAt: (row: SynchronizationRow) => number
}

/** What a cell is rendered from; times are epoch ms. */
export interface CellFacts {
  readonly row: SynchronizationRow
  readonly server: Server | undefined
  readonly readAt: number
  readonly now: number
  readonly intervalMs: number
  readonly isBusy: boolean
  readonly isStale: boolean
}

export interface Cell {
  readonly content: VNodeChild
  readonly class?: string | readonly string[]
  readonly title?: string
}

/**
 * A column of the table: the one definition for header, cells, grid and sorting. Its name is the message
 * `table.columns.<id>`.
 */
export interface Column {
  readonly id: ColumnId
  /** Its grid track. */
  readonly track: string
  /** The column is left out below this table width, in CSS pixels, so that the summary keeps its room. */
  readonly leavesBelow: number
  readonly isNumeric: boolean
  readonly compare: (order: RowOrder) => CompareRows
  readonly cell: (facts: CellFacts) => Cell
}

const ALWAYS = 0
const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' })

/** Ids and order come from the contract, because saved views store them. */
const definitions: Readonly<Record<ColumnId, Omit<Column, 'id'>>> = {
  state: {
    // Wide enough for the longest label with its time.
    track: 'clamp(148px, 20cqi, 200px)',
    leavesBelow: ALWAYS,
    isNumeric: false,
    // Worst first; rows of unavailable servers come last.
    compare:
      ({ isRemembered }) =>
      (a, b) =>
        Number(isRemembered(a)) - Number(isRemembered(b)) ||
        HEALTH_RANK[a.health] - HEALTH_RANK[b.health] ||
        (b.issuesInError ?? 0) - (a.issuesInError ?? 0),
    cell: ({ row, isBusy, isStale, readAt, now }) => {
      const health = isStale ? 'past' : row.health
      const text = isStale
        ? t('table.row.stateAsOf', { state: say(row.state), time: clockText(readAt, now) })
        : say(row.state)
      return {
        class: ['state', `health-${health}`],
        title: [text, row.reason === null ? '' : say(row.reason), isStale ? t('table.row.stale') : '']
          .filter((line) => line !== '')
          .join('\n'),
        content: [
          isBusy
            ? h('span', { class: 'spinner', role: 'img', 'aria-label': t('table.row.busy') })
            : h(StateIcon, { health }),
          h('span', { class: 'cut' }, text),
        ],
      }
    },
  },
  key: {
    track: '88px',
    leavesBelow: ALWAYS,
    isNumeric: false,
    compare: () => compareKeys,
    cell: ({ row }) => ({ class: 'mono cut', title: row.key, content: row.key }),
  },
  summary: {
    track: 'minmax(120px, 1fr)',
    leavesBelow: ALWAYS,
    isNumeric: false,
    compare: () => (a, b) => collator.compare(a.summary, b.summary),
    cell: ({ row }) => ({
      class: 'summary',
      title: `${row.summary}\n${projectsOf(row)}`,
      content: [h('bdi', { class: 'cut' }, row.summary || t('table.row.withoutName')), halfMark(row)],
    }),
  },
  server: {
    track: 'clamp(136px, 18cqi, 148px)',
    leavesBelow: 630,
    isNumeric: false,
    compare:
      ({ serverName }) =>
      (a, b) =>
        collator.compare(serverName(a), serverName(b)),
    cell: ({ server }) => ({
      class: 'server',
      content: [
        server === undefined ? null : h(EnvironmentMark, { environment: server.environment }),
        h('span', { class: 'cut' }, server?.name),
      ],
    }),
  },
  projects: {
    track: '112px',
    leavesBelow: 860,
    isNumeric: false,
    compare: () => (a, b) => collator.compare(projectsOf(a), projectsOf(b)),
    cell: ({ row }) => ({ class: 'mono cut', title: projectsOf(row), content: projectsOf(row) }),
  },
  errors: {
    track: '60px',
    leavesBelow: ALWAYS,
    isNumeric: true,
    compare: () => (a, b) => (a.issuesInError ?? -1) - (b.issuesInError ?? -1),
    cell: ({ row }) => ({ class: row.issuesInError ? 'has-errors' : 'muted', content: row.issuesInError ?? '–' }),
  },
  age: {
    track: '56px',
    leavesBelow: 730,
    isNumeric: true,
    compare:
      ({ readAt }) =>
      (a, b) =>
        readAt(b) - readAt(a),
    cell: ({ readAt, now, intervalMs }) => ({
      class: now - readAt > 5 * intervalMs ? 'old' : now - readAt > 2 * intervalMs ? 'ageing' : 'muted',
      title: t('table.row.asOf', { time: fullText(readAt) }),
      content: ageText(readAt, now),
    }),
  },
}

/** All columns, from left to right. */
export const COLUMNS: readonly Column[] = sortSchema.entries.column.options.map((id) => ({ id, ...definitions[id] }))

/** The columns that fit into a table of this width, in CSS pixels. */
export function columnsFor(width: number): Column[] {
  return COLUMNS.filter(({ leavesBelow }) => width >= leavesBelow)
}

/** The grid of the header and of each row: the checkbox, then the columns. */
export function gridOf(columns: readonly Column[]): string {
  return ['40px', ...columns.map(({ track }) => track)].join(' ')
}

export function compareBy(column: ColumnId, order: RowOrder): CompareRows {
  return definitions[column].compare(order)
}

/** Both projects as shown in the table; a distributed synchronization knows only its own. */
export function projectsOf(row: SynchronizationRow): string {
  const first = row.first?.projectKey || '?'
  if (row.kind === 'distributed') return `${first} ⇄ …`
  return `${first} ⇄ ${row.second?.projectKey || '?'}`
}

function halfMark({ kind, role }: SynchronizationRow): VNodeChild {
  if (kind !== 'distributed') return null
  const half = role ?? 'unknown'
  return h('span', { class: 'kind', title: t(`table.row.role.${half}`) }, t(`table.row.half.${half}`))
}
