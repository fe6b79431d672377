import * as v from 'valibot'
import { serverIdSchema } from './ids.ts'
import { problem } from './messages/problem.ts'
import { environmentSchema } from './servers.ts'
import { healthSchema } from './synchronizations.ts'

/** A state to filter by; `not-asked` is the state of rows whose server is unavailable. */
export const stateFilterSchema = v.picklist([...healthSchema.options, 'not-asked'])
export type StateFilter = v.InferOutput<typeof stateFilterSchema>

export const sortSchema = v.strictObject({
  column: v.picklist([
    'state',
    'key',
    'summary',
    'why',
    'server',
    'projects',
    'errors',
    'newConflicts',
    'since',
    'age',
    'tags',
    'firstUser',
    'secondUser',
    'firstBaseUrl',
    'secondBaseUrl',
  ]),
  isDescending: v.boolean(),
})
export type Sort = v.InferOutput<typeof sortSchema>

/** A column of the table; the strip of the last day has no order in it. */
export const columnIdSchema = v.picklist([...sortSchema.entries.column.options, 'strip'])
export type ColumnId = v.InferOutput<typeof columnIdSchema>

/** The least and the most that a user can make a column wide, in CSS pixels. */
export const columnWidthRange = { min: 48, max: 800 } as const

/** The widths of those columns that do not have their own, in CSS pixels. */
export const columnWidthsSchema = v.record(
  columnIdSchema,
  v.pipe(v.number(), v.integer(), v.minValue(columnWidthRange.min), v.maxValue(columnWidthRange.max)),
)
export type ColumnWidths = v.InferOutput<typeof columnWidthsSchema>

export const groupingSchema = v.picklist(['server', 'state', 'environment', 'project', 'partner', 'tag'])
/** By what rows are put together under a head. */
export type Grouping = v.InferOutput<typeof groupingSchema>

/** What the rows can be filtered by: the key of a search token. */
export const filterFieldSchema = v.picklist([
  'state',
  'server',
  'environment',
  'kind',
  'project',
  'partner',
  'user',
  'url',
  'tag',
  'has',
])
export type FilterField = v.InferOutput<typeof filterFieldSchema>

/**
 * A condition without a list of its own: one that excludes, or one of a field without a list. Values are the same in
 * every language.
 */
export const filterConditionSchema = v.strictObject({
  field: filterFieldSchema,
  value: v.pipe(v.string(), v.minLength(1), v.maxLength(255)),
  isNegated: v.boolean(),
})
export type FilterCondition = v.InferOutput<typeof filterConditionSchema>

export const MAX_CONDITIONS = 50

/**
 * What the table shows, and in which order. Empty lists stand for everything; of servers, both those named and those of
 * the environments are shown.
 */
export const tableFilterSchema = v.strictObject({
  text: v.pipe(v.string(), v.maxLength(200)),
  serverIds: v.pipe(v.array(v.pipe(serverIdSchema, v.maxLength(64))), v.maxLength(500)),
  environments: v.pipe(v.array(environmentSchema), v.maxLength(3)),
  states: v.pipe(v.array(stateFilterSchema), v.maxLength(10)),
  kinds: v.pipe(v.array(v.picklist(['centralized', 'distributed'])), v.maxLength(2)),
  /** Absent if there is none. Those of one field add up, also with its list; anything excluded is never shown. */
  conditions: v.optional(v.pipe(v.array(filterConditionSchema), v.minLength(1), v.maxLength(MAX_CONDITIONS))),
  sort: sortSchema,
  /** What orders rows that are equal by `sort`; absent if nothing does. */
  thenBy: v.optional(v.pipe(v.array(sortSchema), v.minLength(1), v.maxLength(3))),
  /** Absent if the rows are in one list. */
  groupBy: v.optional(groupingSchema),
})
export type TableFilter = v.InferOutput<typeof tableFilterSchema>

/**
 * The columns of the table from left to right, and how wide those are that do not have their own width. No columns: the
 * usual ones.
 */
export const tableLayoutSchema = v.strictObject({
  columns: v.pipe(v.array(columnIdSchema), v.maxLength(20)),
  widths: columnWidthsSchema,
})
export type TableLayout = v.InferOutput<typeof tableLayoutSchema>

/** What the table shows under a name. Names are unique. */
export const savedViewSchema = v.strictObject({
  name: v.pipe(v.string(), v.trim(), v.minLength(1, problem('errors.fields.name.missing')), v.maxLength(60)),
  filter: tableFilterSchema,
  /** Absent in those of earlier versions, which leave the columns as they are. */
  layout: v.optional(tableLayoutSchema),
})
export type SavedView = v.InferOutput<typeof savedViewSchema>

const MAX_VIEWS = 50

export const savedViewsSchema = v.pipe(
  v.array(savedViewSchema),
  v.maxLength(MAX_VIEWS, problem('errors.fields.views.many', { count: MAX_VIEWS })),
  v.check(
    (views) => new Set(views.map(({ name }) => name)).size === views.length,
    problem('errors.fields.views.twice'),
  ),
)
