import { PencilLine } from '@lucide/vue'
import { h, type VNodeChild } from 'vue'
import { sortSchema, type ColumnId, type Sort } from '#contract/saved-views.ts'
import type { Strip } from '#contract/monitoring.ts'
import type { Server } from '#contract/servers.ts'
import { HEALTH_RANK, type Health, type SynchronizationRow } from '#contract/synchronizations.ts'
import { noteSign, notedMarks, tagMarks } from '../notes/noted-marks.ts'
import { reasonWords, sinceWords } from '../synchronizations/row-words.ts'
import { nameOrder, numberText } from '../text/spoken.ts'
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
  /** Those of its server as well. */
  readonly tags: (row: SynchronizationRow) => readonly string[]
}

/** What a cell is rendered from; times are epoch ms, `now` to the minute. */
export interface CellFacts {
  readonly row: SynchronizationRow
  readonly server: Server | undefined
  readonly readAt: number
  readonly now: number
  readonly intervalMs: number
  readonly isBusy: boolean
  /** Changes of it were not sent yet. */
  readonly hasDraft: boolean
  readonly isStale: boolean
  /** The last 24 hours; undefined until they are known. */
  readonly strip: Strip | undefined
  /** All that the table shows. */
  readonly columns: readonly Pick<Column, 'id'>[]
}

export interface Cell {
  readonly content: VNodeChild
  readonly class?: string | readonly string[]
  readonly title?: string
}

/** How wide a column is, in CSS pixels. */
export interface ColumnSize {
  readonly least: number
  /** It grows from the least to this by so many per cent of the table’s width. */
  readonly most?: { readonly width: number; readonly percent: number }
  /** It takes this many parts of what the others leave. */
  readonly parts?: number
}

/**
 * A column of the table: the one definition for header, cells, grid and sorting. Its name is the message
 * `table.columns.<id>`.
 */
export interface Column {
  readonly id: ColumnId
  readonly size: ColumnSize
  /**
   * Among the usual columns, it is left out below this table width, in CSS pixels, so that the summary keeps its room.
   * Of columns that the user chose, the one with the largest leaves first.
   */
  readonly leavesBelow: number
  /** It is not among the usual columns. */
  readonly isExtra?: true
  readonly isNumeric: boolean
  /** Sorting by it begins with the most. */
  readonly sortsMostFirst?: true
  /** Null if rows cannot be sorted by it. */
  readonly compare: ((order: RowOrder) => CompareRows) | null
  readonly cell: (facts: CellFacts) => Cell
}

/** The `leavesBelow` of columns that never leave. */
export const ALWAYS = 0
/** A user who adds a column beyond the usual ones wants it more than most of those. */
const EXTRA = 800

function byWords(wordsOf: (row: SynchronizationRow) => string): CompareRows {
  const compare = nameOrder()
  return (a, b) => compare(wordsOf(a), wordsOf(b))
}

/** What the server reported about one side; unknown values come last. */
function ofSide(side: 'first' | 'second', what: 'user' | 'baseUrl'): Omit<Column, 'id'> {
  const reported = (row: SynchronizationRow): string => row[side]?.[what] ?? ''
  return {
    size: { least: what === 'user' ? 128 : 160 },
    leavesBelow: what === 'user' ? EXTRA : EXTRA + 1,
    isExtra: true,
    isNumeric: false,
    compare: () => {
      const compare = byWords(reported)
      return (a, b) => Number(reported(a) === '') - Number(reported(b) === '') || compare(a, b)
    },
    cell: ({ row }) => {
      const text = reported(row)
      if (text === '') return { class: 'muted', title: t('table.row.untold'), content: '–' }
      return what === 'user'
        ? { class: 'cut', title: text, content: text }
        : { class: 'address', title: text, content: addressParts(text) }
    },
  }
}

/** How many characters of the end of an address stay: often only the path tells two apart. */
const END_OF_ADDRESS = 10

/** An address, shortened in the middle if it is too long. */
function addressParts(address: string): VNodeChild[] {
  const short = address.replace(/^https:\/\//, '')
  const middle = Math.max(0, short.length - END_OF_ADDRESS)
  return [h('span', { class: 'cut' }, short.slice(0, middle)), h('span', { class: 'end' }, short.slice(middle))]
}

/**
 * How many there are of what is unwanted: of rows that are well, only a dash. What nobody knows is no dash, for it may be
 * anything. `some`: the class if there are any; `unknown`: why the number is not known.
 */
function countCell(
  count: number | null,
  {
    some = '',
    unknown,
  }: { readonly some?: string; readonly unknown: 'table.row.untold' | 'table.row.conflictsUnread' },
): Cell {
  if (count === null) return { class: 'muted', title: t(unknown), content: '?' }
  return count === 0 ? { class: 'muted', content: '–' } : { class: some, content: numberText(count) }
}

/** Ids and order come from the contract, because saved views store them. */
const definitions: Readonly<Record<ColumnId, Omit<Column, 'id'>>> = {
  state: {
    // Wide enough for the longest label.
    size: { least: 112, most: { width: 168, percent: 16 } },
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
      content: [stateSign(facts), h('span', { class: 'cut' }, say(facts.row.state))],
    }),
  },
  key: {
    size: { least: 88 },
    leavesBelow: ALWAYS,
    isNumeric: false,
    compare: () => compareKeys,
    cell: ({ row }) => ({ class: 'mono cut', title: row.key, content: row.key }),
  },
  summary: {
    size: { least: 120, parts: 1.8 },
    leavesBelow: ALWAYS,
    isNumeric: false,
    compare: () => byWords(({ summary }) => summary),
    cell: ({ row, server, columns, hasDraft }) => ({
      class: 'summary',
      title: nameTitle(row),
      content: [
        h('bdi', { class: 'cut' }, row.summary || t('table.row.withoutName')),
        draftSign(hasDraft),
        ...(columns.some(({ id }) => id === 'tags') ? [noteSign(row.note)] : notedMarks(row, server?.tags)),
        halfMark(row),
      ],
    }),
  },
  why: {
    size: { least: 120, parts: 1.2 },
    leavesBelow: 940,
    isNumeric: false,
    compare: () => byWords(reasonWords),
    cell: (facts) => {
      const text = joined(reasonWords(facts.row), asOfText(facts))
      return { class: 'cut muted', title: text, content: text }
    },
  },
  server: {
    // Keys repeat across servers: without its server, a row cannot be told from another.
    size: { least: 96, most: { width: 220, percent: 15 } },
    leavesBelow: ALWAYS,
    isNumeric: false,
    compare: ({ serverName: nameOf }) => byWords(nameOf),
    cell: ({ server }) => ({ class: 'server', title: server?.name ?? '', content: serverName(server) }),
  },
  projects: {
    size: { least: 112 },
    leavesBelow: 1300,
    isNumeric: false,
    compare: () => byWords(projectsOf),
    cell: ({ row }) => ({ class: 'mono cut', title: projectsOf(row), content: projectsOf(row) }),
  },
  strip: {
    // It stays longer than the projects, which most names contain.
    size: { least: 112 },
    leavesBelow: 1180,
    isNumeric: false,
    compare: null,
    cell: ({ strip }) => ({ class: 'strip', content: h(StateStrip, { strip }) }),
  },
  errors: {
    size: { least: 60 },
    leavesBelow: ALWAYS,
    isNumeric: true,
    sortsMostFirst: true,
    compare: () => (a, b) => (a.issuesInError ?? -1) - (b.issuesInError ?? -1),
    cell: ({ row: { issuesInError } }) => countCell(issuesInError, { some: 'has-errors', unknown: 'table.row.untold' }),
  },
  newConflicts: {
    size: { least: 104 },
    leavesBelow: EXTRA,
    isExtra: true,
    isNumeric: true,
    sortsMostFirst: true,
    compare: () => (a, b) => (a.newConflictCount ?? -1) - (b.newConflictCount ?? -1),
    cell: ({ row }) => countCell(row.newConflictCount, { some: 'has-new', unknown: 'table.row.conflictsUnread' }),
  },
  since: {
    size: { least: 92 },
    leavesBelow: 720,
    isNumeric: true,
    // The latest change comes first.
    compare: () => (a, b) => (b.since ?? -Infinity) - (a.since ?? -Infinity),
    cell: ({ row, now }) => {
      const { age, title } = sinceWords(row, now)
      return { class: 'muted', title, content: age || '–' }
    },
  },
  age: {
    size: { least: 56 },
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
  tags: {
    size: { least: 112, most: { width: 240, percent: 16 } },
    leavesBelow: EXTRA,
    isExtra: true,
    isNumeric: false,
    compare: ({ tags }) => {
      const texts = new WeakMap<SynchronizationRow, string>()
      const textOf = (row: SynchronizationRow): string => {
        const known = texts.get(row)
        if (known !== undefined) return known
        const text = tags(row).toSorted().join(', ')
        texts.set(row, text)
        return text
      }
      const compare = nameOrder()
      return (a, b) => {
        const [first, second] = [textOf(a), textOf(b)]
        // Most rows have none; these come last.
        if (first === second) return 0
        return Number(first === '') - Number(second === '') || compare(first, second)
      }
    },
    cell: ({ row, server }) => {
      const { title, chips } = tagMarks(row.tags, server?.tags)
      return { class: 'cut', title, content: [...chips] }
    },
  },
  firstUser: ofSide('first', 'user'),
  secondUser: ofSide('second', 'user'),
  firstBaseUrl: ofSide('first', 'baseUrl'),
  secondBaseUrl: ofSide('second', 'baseUrl'),
}

/** All columns, from left to right. */
export const COLUMNS: readonly Column[] = sortSchema.entries.column.options
  .flatMap((id): ColumnId[] => (id === 'errors' ? ['strip', id] : [id]))
  .map((id) => ({ id, ...definitions[id] }))

/** Those that are shown if the user chose none. */
export const USUAL_COLUMNS: readonly Column[] = COLUMNS.filter(({ isExtra }) => isExtra !== true)

/** A row of two lines: the name with tags; below it, what identifies the row, and the reason for its state. */
export const TWO_LINE_COLUMNS: readonly Column[] = [
  {
    id: 'state',
    ...definitions.state,
    size: { least: 32 },
    cell: (facts) => ({
      class: ['state', `health-${healthOf(facts)}`],
      title: stateTitle(facts),
      content: [stateSign(facts), h('span', { class: 'only-spoken' }, say(facts.row.state))],
    }),
  },
  {
    id: 'summary',
    ...definitions.summary,
    size: { least: 0, parts: 1 },
    cell: (facts) => ({
      class: 'two-lines',
      title: nameTitle(facts.row),
      content: [
        h('span', { class: 'first' }, [
          h('bdi', { class: 'cut name' }, facts.row.summary || t('table.row.withoutName')),
          draftSign(facts.hasDraft),
          ...notedMarks(facts.row, facts.server?.tags),
        ]),
        h('span', { class: 'second' }, [
          h('span', { class: 'mono' }, facts.row.key),
          h('span', { class: 'server-name' }, serverName(facts.server)),
          h(
            'span',
            { class: ['cut', 'why', isWell(facts) ? '' : `health-${healthOf(facts)}`], title: whyText(facts) },
            whyText(facts),
          ),
        ]),
      ],
    }),
  },
  // It gives way to the reason, which the user came for: in the panel beside, it is anyway.
  { id: 'strip', ...definitions.strip, leavesBelow: 760 },
  { id: 'errors', ...definitions.errors, leavesBelow: 360 },
  // Narrower than in one line, so that the reason has the room.
  { id: 'since', ...definitions.since, size: { least: 88 }, leavesBelow: 440 },
]

/** Whether sorting by this column begins with the most. */
export function sortsMostFirst(column: Sort['column']): boolean {
  return definitions[column].sortsMostFirst === true
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

/** When the server last told it, if it cannot be asked; else empty. */
function asOfText({ isStale, readAt, now }: CellFacts): string {
  return isStale ? t('table.row.asOfTime', { time: clockText(readAt, now) }) : ''
}

/** What there is of these, side by side. */
function joined(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' · ')
}

function stateTitle(facts: CellFacts): string {
  return [say(facts.row.state), reasonWords(facts.row), asOfText(facts), facts.isStale ? t('table.row.stale') : '']
    .filter((line) => line !== '')
    .join('\n')
}

function stateSign(facts: CellFacts): VNodeChild {
  return facts.isBusy
    ? h('span', { class: 'spinner', role: 'img', 'aria-label': t('table.row.busy') })
    : h(StateIcon, { health: healthOf(facts), state: facts.row.state })
}

/** The state with its reason; if all is well, the projects. */
function whyText(facts: CellFacts): string {
  const { row } = facts
  if (isWell(facts)) return projectsOf(row)
  return joined(say(row.state), reasonWords(row), asOfText(facts))
}

function serverName(server: Server | undefined): VNodeChild[] {
  if (server === undefined) return []
  return [h(EnvironmentMark, { environment: server.environment }), h('span', { class: 'cut' }, server.name)]
}

function nameTitle(row: SynchronizationRow): string {
  const half = row.kind === 'distributed' ? [t(`table.row.half.${row.role ?? 'unknown'}`)] : []
  return [row.summary, projectsOf(row), ...half].join('\n')
}

/** A sign beside the name that changes of it were not sent yet; their panel may be closed. */
function draftSign(hasDraft: boolean): VNodeChild {
  if (!hasDraft) return null
  const label = t('table.row.draft')
  return h('span', { class: 'draft-sign', role: 'img', 'aria-label': label, title: label }, [
    h(PencilLine, { size: 14, strokeWidth: 1.75, 'aria-hidden': 'true' }),
  ])
}

function halfMark({ kind, role }: SynchronizationRow): VNodeChild {
  if (kind !== 'distributed') return null
  const half = role ?? 'unknown'
  return h('span', { class: 'kind', title: t(`table.row.role.${half}`) }, t(`table.row.half.${half}`))
}
