import * as v from 'valibot'
import { savedViewsSchema } from './saved-views.ts'
import { noArguments, nothing, type EventTable, type RequestTable } from './request-parts.ts'

const wholeNumber = (least: number, most: number, what: string) =>
  v.pipe(
    v.number(`${what} is a number`),
    v.integer(`${what} is a whole number`),
    v.minValue(least, `${what} is at least ${least.toLocaleString('en')}`),
    v.maxValue(most, `${what} is at most ${most.toLocaleString('en')}`),
  )

/** Without user and password: they would be stored with the settings, and have a field and the keychain of their own. */
const proxyAddressSchema = v.pipe(
  v.string(),
  v.trim(),
  v.maxLength(500),
  v.regex(/^(https?:\/\/[^\s/@?#]+\/?)?$/i, 'Enter the proxy as http://host:port or https://host:port'),
)

/** Settings of the application; stored in `state.db`. */
export const settingsSchema = v.strictObject({
  appearance: v.picklist(['system', 'light', 'dark']),
  density: v.picklist(['compact', 'comfortable']),
  /** Filters of the table that the user named, in the user's order. */
  savedViews: savedViewsSchema,

  /** How often the states of each server are read, in seconds. */
  refreshIntervalSeconds: wholeNumber(5, 3600, 'The interval'),
  /** How often details and conflicts of each synchronization are read, in seconds. */
  detailIntervalSeconds: wholeNumber(60, 86_400, 'The interval'),
  /** Simultaneous requests per server. */
  requestsPerServer: wholeNumber(1, 12, 'The number of requests'),
  /** The user ended the automatic reading of all servers. */
  isPaused: v.boolean(),

  /** What the user wants to be told of. */
  notifyStopped: v.boolean(),
  notifyProblems: v.boolean(),
  notifyRecovered: v.boolean(),
  notifyServers: v.boolean(),
  notifyConflicts: v.boolean(),
  notifyTasks: v.boolean(),
  /** Also by the operating system's own notifications, while the window is not in front. */
  systemNotifications: v.boolean(),
  /** Closing the window leaves Syncdeck in the tray, watching. */
  closeToTray: v.boolean(),

  /** How long states, gone conflicts and notifications are kept, in days. */
  historyDays: wholeNumber(1, 3650, 'The time'),
  goneConflictDays: wholeNumber(1, 3650, 'The time'),
  notificationDays: wholeNumber(1, 3650, 'The time'),

  /** How servers are reached: as the operating system says, by the proxy given here, or directly. */
  proxyMode: v.picklist(['system', 'manual', 'none']),
  /** `http://host:port`; used where the mode is `manual`. */
  proxyAddress: proxyAddressSchema,
  /** Empty for a proxy without authentication. Its password is in the keychain. */
  proxyUser: v.pipe(v.string(), v.maxLength(255)),
  /** Hosts that are reached directly, separated by commas; a leading dot stands for all below it. */
  proxyExceptions: v.pipe(v.string(), v.trim(), v.maxLength(4000)),
})
export type Settings = v.InferOutput<typeof settingsSchema>

export const defaultSettings: Settings = {
  appearance: 'system',
  density: 'compact',
  savedViews: [],
  refreshIntervalSeconds: 30,
  detailIntervalSeconds: 300,
  requestsPerServer: 6,
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
  /** Empty forgets it. It goes to the keychain; nothing answers with it. */
  'settings:set-proxy-password': {
    args: v.strictObject({ password: v.pipe(v.string(), v.maxLength(2000)) }),
    answer: nothing,
  },
  /** Tries the log-in to the proxy once more after it was refused. */
  'settings:try-proxy-once': { args: noArguments, answer: nothing },
} as const satisfies RequestTable

export const settingsEvents = {
  'settings:changed': settingsSchema,
} as const satisfies EventTable
