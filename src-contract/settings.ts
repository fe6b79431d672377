import * as v from 'valibot'
import { holdsUserinfo } from './masking.ts'
import { message } from './messages/message.ts'
import { SYSTEM_LANGUAGE } from './messages/messages.ts'
import { problem } from './messages/problem.ts'
import { savedViewsSchema, tableLayoutSchema } from './saved-views.ts'
import { noArguments, nothing, type EventTable, type RequestTable } from './request-parts.ts'

/** The least and the most of each setting that is a number, in its unit. */
export const settingRanges = {
  refreshIntervalSeconds: { min: 5, max: 3600 },
  detailIntervalSeconds: { min: 60, max: 86_400 },
  requestsPerServer: { min: 1, max: 24 },
  undeliveredHours: { min: 0, max: 168 },
  historyDays: { min: 1, max: 3650 },
  goneConflictDays: { min: 1, max: 3650 },
  notificationDays: { min: 1, max: 3650 },
} as const
/** A setting that is a number. */
export type NumberSettingName = keyof typeof settingRanges

function wholeNumber(name: NumberSettingName, named: 'interval' | 'requests' | 'time') {
  const { min, max } = settingRanges[name]
  const what = message(`errors.fields.number.${named}`)
  return v.pipe(
    v.number(problem('errors.fields.number.none', { what })),
    v.integer(problem('errors.fields.number.broken', { what })),
    v.minValue(min, problem('errors.fields.number.least', { what, min })),
    v.maxValue(max, problem('errors.fields.number.most', { what, max })),
  )
}

/** Without user and password, which have a field of their own and the keychain. */
const proxyAddressSchema = v.pipe(
  v.string(),
  v.trim(),
  v.maxLength(500),
  v.regex(/^(https?:\/\/[^\s/@?#]+\/?)?$/i, problem('errors.fields.proxy.form')),
  v.check((address) => !holdsUserinfo(address), problem('errors.fields.proxy.userinfo')),
)

/** Settings of the application; stored in `state.db`. */
export const settingsSchema = v.strictObject({
  /** `system`, or the tag of a language; one that this version does not have counts as `system`. */
  language: v.pipe(v.string(), v.regex(/^[a-z]+(-[a-z\d]+)*$/i), v.maxLength(35)),
  appearance: v.picklist(['system', 'light', 'dark']),
  /** The colours; with `standard`, the system's wish for more contrast is followed. */
  palette: v.picklist(['standard', 'colourBlind', 'highContrast']),
  density: v.picklist(['compact', 'comfortable']),
  /** Lines of a row in the table; `auto` chooses by the room there is. */
  rowLines: v.picklist(['auto', 'one', 'two']),
  /** The table's columns from left to right; empty: all for which there is room. */
  tableColumns: tableLayoutSchema.entries.columns,
  columnWidths: tableLayoutSchema.entries.widths,
  /** Saved views, in the user's order. */
  savedViews: savedViewsSchema,
  /** What each list showed last, as JSON that the page reads with its own schemas. */
  shownLists: v.record(v.picklist(['table', 'conflicts', 'activity']), v.pipe(v.string(), v.maxLength(100_000))),

  /** How often the states of each server are read, in seconds. */
  refreshIntervalSeconds: wholeNumber('refreshIntervalSeconds', 'interval'),
  /** How often details and conflicts of each synchronization are read, in seconds. */
  detailIntervalSeconds: wholeNumber('detailIntervalSeconds', 'interval'),
  /** Simultaneous requests per server. */
  requestsPerServer: wholeNumber('requestsPerServer', 'requests'),
  /**
   * After how many hours it is reported that one side has received nothing although the other has sent something; 0 for
   * never. Reads all links again and again.
   */
  undeliveredHours: wholeNumber('undeliveredHours', 'time'),
  /** The user paused the automatic reading of all servers. */
  isPaused: v.boolean(),

  /** What to notify about. */
  notifyStopped: v.boolean(),
  notifyProblems: v.boolean(),
  notifyRecovered: v.boolean(),
  notifyServers: v.boolean(),
  notifyConflicts: v.boolean(),
  notifyTasks: v.boolean(),
  /** Also show system notifications while the window is in the background. */
  systemNotifications: v.boolean(),
  /** Closing the window keeps Syncdeck running in the tray. */
  closeToTray: v.boolean(),

  /** How long states, gone conflicts and notifications are kept, in days. */
  historyDays: wholeNumber('historyDays', 'time'),
  goneConflictDays: wholeNumber('goneConflictDays', 'time'),
  notificationDays: wholeNumber('notificationDays', 'time'),

  /** How servers are reached: by the system's proxy settings, by the proxy given here, or directly. */
  proxyMode: v.picklist(['system', 'manual', 'none']),
  /** `http://host:port`; used if the mode is `manual`. */
  proxyAddress: proxyAddressSchema,
  /** Empty for a proxy without authentication. Its password is in the keychain. */
  proxyUser: v.pipe(v.string(), v.maxLength(255)),
  /** Hosts that bypass the proxy, separated by commas; a leading dot includes all subdomains. */
  proxyExceptions: v.pipe(v.string(), v.trim(), v.maxLength(4000)),
})
export type Settings = v.InferOutput<typeof settingsSchema>

export const defaultSettings: Settings = {
  language: SYSTEM_LANGUAGE,
  appearance: 'system',
  palette: 'standard',
  density: 'compact',
  rowLines: 'auto',
  tableColumns: [],
  columnWidths: {},
  savedViews: [],
  shownLists: {},
  refreshIntervalSeconds: 30,
  detailIntervalSeconds: 300,
  requestsPerServer: 6,
  undeliveredHours: 0,
  isPaused: false,
  notifyStopped: true,
  notifyProblems: true,
  notifyRecovered: true,
  notifyServers: true,
  notifyConflicts: true,
  notifyTasks: true,
  systemNotifications: true,
  closeToTray: false,
  historyDays: 90,
  goneConflictDays: 30,
  notificationDays: 30,
  proxyMode: 'system',
  proxyAddress: '',
  proxyUser: '',
  proxyExceptions: '',
}

/** The channels of this area. */
export const settingsRequests = {
  'settings:get': { args: noArguments, answer: settingsSchema },
  'settings:set': { args: v.partial(settingsSchema), answer: settingsSchema },
  /** Empty deletes it. It is kept in the keychain and never read back by the page. */
  'settings:set-proxy-password': {
    args: v.strictObject({ password: v.pipe(v.string(), v.maxLength(2000)) }),
    answer: nothing,
  },
  /** Allows one more log-in to the proxy after a refusal. */
  'settings:try-proxy-once': { args: noArguments, answer: nothing },
} as const satisfies RequestTable

export const settingsEvents = {
  'settings:changed': settingsSchema,
} as const satisfies EventTable
