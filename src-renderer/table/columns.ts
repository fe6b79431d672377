import { h, type VNodeChild } from 'vue'
import { sortSchema, type ColumnId, type Sort } from '#contract/saved-views.ts'
import type { Strip } from '#contract/monitoring.ts'
import type { Server } from '#contract/servers.ts'
import type { Settings } from '#contract/settings.ts'
import { HEALTH_RANK, type Health, type SynchronizationRow } from '#contract/synchronizations.ts'
import { reasonWords, sinceWords } from '../synchronizations/row-words.ts'
import { nameOrder } from '../text/spoken.ts'
import { say, t } from '../text/t.ts'
import { ageByMinute, clockText, fullText } from '../text/time.ts'
import EnvironmentMark from '../ui/EnvironmentMark.vue'
import StateIcon from '../ui/StateIcon.vue'
import StateStrip from '../ui/StateStrip.vue'
import { compareKeys } from './compare-keys.ts'

export type CompareRows = (a: SynchronizationRow, b: SynchronizationRow) => number

/** What sorting needs besides the row. */
export interface RowOrder {
  readonly serverName: (row: SynchronizationRow) => string
  /** The row’s server is unavailable, and the row shows its last known state. */
  readonly isRemembered: (row: SynchronizationRow) => boolean
  /** When what the row shows was read; epoch ms. */
  readonly readAt: (row: SynchronizationRow) => number
}

/** What a cell is rendered from; times are epoch ms, `now` to the minute. */
export interface CellFacts {
  readonly row: SynchronizationRow
  readonly server: Server | undefined
  readonly readAt: number
  readonly now: number
  readonly intervalMs: number
  readonly isBusy: boolean
  readonly isStale: boolean
  /** The last 24 hours; undefined until they are known. */
  readonly strip: Strip | undefined
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
  /** Null if rows cannot be sorted by it. */
  readonly compare: ((order: RowOrder) => CompareRows) | null
  readonly cell: (facts: CellFacts) => Cell
}

const ALWAYS = 0

function byWords(wordsOf: (row: SynchronizationRow) => string): CompareRows {
  const compare = nameOrder()
  return (a, b) => compare(wordsOf(a), wordsOf(b))
}

/** Ids and order come from the contract, because saved views store them. */
const definitions: Readonly<Record<ColumnId, Omit<Column, 'id'>>> = {
  state: {
    // Wide enough for the longest label with its time.
    track: 'clamp(112px, 20cqi, 200px)',
    leavesBelow: ALWAYS,
    isNumeric: false,
    // Worst first; rows of unavailable servers come last. Among equals, more errors come before fewer.
    compare:
      ({ isRemembered }) =>
      (a, b) =>
        Number(isRemembered(a)) - Number(isRemembered(b)) || HEALTH_RANK[a.health] - HEALTH_RANK[b.health],
    cell: (facts) => ({
      class: ['state', `health-${healthOf(facts)}`],
      title: stateTitle(facts),
      content: [stateSign(facts), h('span', { class: 'cut' }, stateText(facts))],
    }),
  },
  key: {
    track: '88px',
    leavesBelow: ALWAYS,
    isNumeric: false,
    compare: () => compareKeys,
    cell: ({ row }) => ({ class: 'mono cut', title: row.key, content: row.key }),
  },
  summary: {
    track: 'minmax(120px, 1.2fr)',
    leavesBelow: ALWAYS,
    isNumeric: false,
    compare: () => byWords(({ summary }) => summary),
    cell: ({ row }) => ({
      class: 'summary',
      title: nameTitle(row),
      content: [h('bdi', { class: 'cut' }, row.summary || t('table.row.withoutName')), halfMark(row)],
    }),
  },
  why: {
    track: 'minmax(120px, 1fr)',
    leavesBelow: 940,
    isNumeric: false,
    compare: () => byWords(reasonWords),
    cell: ({ row }) => ({ class: 'cut muted', title: reasonWords(row), content: reasonWords(row) }),
  },
  server: {
    // Keys repeat across servers: without its server, a row cannot be told from another.
    track: 'clamp(96px, 15cqi, 220px)',
    leavesBelow: ALWAYS,
    isNumeric: false,
    compare: ({ serverName: nameOf }) => byWords(nameOf),
    cell: ({ server }) => ({ class: 'server', title: server?.name ?? '', content: serverName(server) }),
  },
  projects: {
    track: '112px',
    leavesBelow: 1300,
    isNumeric: false,
    compare: () => byWords(projectsOf),
    cell: ({ row }) => ({ class: 'mono cut', title: projectsOf(row), content: projectsOf(row) }),
  },
  strip: {
    // It stays longer than the projects, which most names contain.
    track: '112px',
    leavesBelow: 1180,
    isNumeric: false,
    compare: null,
    cell: ({ strip }) => ({ class: 'strip', content: h(StateStrip, { strip }) }),
  },
  errors: {
    track: '60px',
    leavesBelow: ALWAYS,
    isNumeric: true,
    compare: () => (a, b) => (a.issuesInError ?? -1) - (b.issuesInError ?? -1),
    cell: ({ row }) => ({ class: row.issuesInError ? 'has-errors' : 'muted', content: row.issuesInError ?? '–' }),
  },
  since: {
    track: '72px',
    leavesBelow: 720,
    isNumeric: true,
    // The latest change comes first.
    compare: () => (a, b) => (b.since ?? -Infinity) - (a.since ?? -Infinity),
    cell: ({ row, now }) => {
      const { words, title } = sinceWords(row, now)
      return { class: 'muted', title, content: words || '–' }
    },
  },
  age: {
    track: '56px',
    leavesBelow: 1400,
    isNumeric: true,
    compare:
      ({ readAt }) =>
      (a, b) =>
        readAt(b) - readAt(a),
    cell: ({ readAt, now, intervalMs }) => ({
      class: now - readAt > 5 * intervalMs ? 'old' : now - readAt > 2 * intervalMs ? 'ageing' : 'muted',
      title: t('table.row.asOf', { time: fullText(readAt) }),
      content: ageByMinute(readAt, now),
    }),
  },
}

/** All columns, from left to right. */
export const COLUMNS: readonly Column[] = sortSchema.entries.column.options
  .flatMap((id): ColumnId[] => (id === 'errors' ? ['strip', id] : [id]))
  .map((id) => ({ id, ...definitions[id] }))

/** A row of two lines: the name; below it, what identifies the row, and the reason for its state. */
const TWO_LINE_COLUMNS: readonly Column[] = [
  {
    id: 'state',
    ...definitions.state,
    track: '32px',
    cell: (facts) => ({
      class: ['state', `health-${healthOf(facts)}`],
      title: stateTitle(facts),
      content: [stateSign(facts), h('span', { class: 'only-spoken' }, stateText(facts))],
    }),
  },
  {
    id: 'summary',
    ...definitions.summary,
    track: 'minmax(0, 1fr)',
    cell: (facts) => ({
      class: 'two-lines',
      title: nameTitle(facts.row),
      content: [
        h('bdi', { class: 'cut name' }, facts.row.summary || t('table.row.withoutName')),
        h('span', { class: 'second' }, [
          h('span', { class: 'mono' }, facts.row.key),
          h('span', { class: 'server-name' }, serverName(facts.server)),
          h('span', { class: ['cut', 'why', isWell(facts) ? '' : `health-${healthOf(facts)}`] }, whyText(facts)),
        ]),
      ],
    }),
  },
  { id: 'strip', ...definitions.strip, leavesBelow: 640 },
  { id: 'errors', ...definitions.errors, leavesBelow: 360 },
  { id: 'since', ...definitions.since, leavesBelow: 440 },
]

/** Below this width of the table, in CSS pixels, rows have two lines if the setting is `auto`. */
const TWO_LINES_BELOW = 900

export function linesFor(width: number, chosen: Settings['rowLines']): 1 | 2 {
  if (chosen === 'auto') return width < TWO_LINES_BELOW ? 2 : 1
  return chosen === 'two' ? 2 : 1
}

/** The columns that identify a row; they cannot be hidden. */
export const IDENTITY: ReadonlySet<ColumnId> = new Set(['key', 'summary', 'server'])

/**
 * The columns that fit into a table of this width, in CSS pixels. `chosen`: those that the user wants, in this order; if empty, all.
 */
export function columnsFor(width: number, lines: 1 | 2, chosen: readonly ColumnId[] = []): Column[] {
  const all = lines === 2 ? TWO_LINE_COLUMNS : chosenColumns(chosen)
  return all.filter(({ leavesBelow }) => width >= leavesBelow)
}

/** The columns that the user wants, whether or not there is room, including those that identify a row. */
export function chosenColumns(chosen: readonly ColumnId[]): readonly Column[] {
  if (chosen.length === 0) return COLUMNS
  const missing = [...IDENTITY].filter((id) => !chosen.includes(id))
  return [...new Set([...missing, ...chosen])].map((id) => ({ id, ...definitions[id] }))
}

/** The grid of the header and of each row: the checkbox, then the columns. */
export function gridOf(columns: readonly Column[]): string {
  return ['40px', ...columns.map(({ track }) => track)].join(' ')
}

export function compareBy(column: Sort['column'], order: RowOrder): CompareRows {
  return definitions[column].compare?.(order) ?? (() => 0)
}

/** Both projects as shown in the table; a distributed synchronization knows only its own. */
export function projectsOf(row: SynchronizationRow): string {
  const first = row.first?.projectKey || '?'
  if (row.kind === 'distributed') return `${first} ⇄ …`
  return `${first} ⇄ ${row.second?.projectKey || '?'}`
}

function healthOf({ row, isStale }: CellFacts): Health | 'past' {
  return isStale ? 'past' : row.health
}

function isWell({ row, isStale }: CellFacts): boolean {
  return row.health === 'running' && !isStale
}

function stateText({ row, isStale, readAt, now }: CellFacts): string {
  const state = say(row.state)
  return isStale ? t('table.row.stateAsOf', { state, time: clockText(readAt, now) }) : state
}

function stateTitle(facts: CellFacts): string {
  return [stateText(facts), reasonWords(facts.row), facts.isStale ? t('table.row.stale') : '']
    .filter((line) => line !== '')
    .join('\n')
}

function stateSign(facts: CellFacts): VNodeChild {
  return facts.isBusy
    ? h('span', { class: 'spinner', role: 'img', 'aria-label': t('table.row.busy') })
    : h(StateIcon, { health: healthOf(facts) })
}

/** The state with its reason; if all is well, the projects. */
function whyText(facts: CellFacts): string {
  const { row } = facts
  if (isWell(facts)) return projectsOf(row)
  return [stateText(facts), reasonWords(row)].filter((part) => part !== '').join(' · ')
}

function serverName(server: Server | undefined): VNodeChild[] {
  if (server === undefined) return []
  return [h(EnvironmentMark, { environment: server.environment }), h('span', { class: 'cut' }, server.name)]
}

function nameTitle(row: SynchronizationRow): string {
  const half = row.kind === 'distributed' ? [t(`table.row.half.${row.role ?? 'unknown'}`)] : []
  return [row.summary, projectsOf(row), ...half].join('\n')
}

function halfMark({ kind, role }: SynchronizationRow): VNodeChild {
  if (kind !== 'distributed') return null
  const half = role ?? 'unknown'
  return h('span', { class: 'kind', title: t(`table.row.role.${half}`) }, t(`table.row.half.${half}`))
}
