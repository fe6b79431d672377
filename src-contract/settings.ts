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

/** Without user and password, which have a field and the keychain of their own. */
const proxyAddressSchema = v.pipe(
  v.string(),
  v.trim(),
  v.maxLength(500),
  v.regex(/^(https?:\/\/[^\s/@?#]+\/?)?$/i, 'Enter the proxy as http://host:port or https://host:port'),
)

/** Settings of the application; stored in `state.db`. */
export const settingsSchema = v.strictObject({
  appearance: v.picklist(['system', 'light', 'dark']),
  /** The colours; where it is `standard`, the system's wish for more contrast is followed. */
  palette: v.picklist(['standard', 'colourBlind', 'highContrast']),
  density: v.picklist(['compact', 'comfortable']),
  /** Saved views, in the user's order. */
  savedViews: savedViewsSchema,

  /** How often the states of each server are read, in seconds. */
  refreshIntervalSeconds: wholeNumber(5, 3600, 'The interval'),
  /** How often details and conflicts of each synchronization are read, in seconds. */
  detailIntervalSeconds: wholeNumber(60, 86_400, 'The interval'),
  /** Simultaneous requests per server. */
  requestsPerServer: wholeNumber(1, 12, 'The number of requests'),
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
  historyDays: wholeNumber(1, 3650, 'The time'),
  goneConflictDays: wholeNumber(1, 3650, 'The time'),
  notificationDays: wholeNumber(1, 3650, 'The time'),

  /** How servers are reached: by the system's proxy settings, by the proxy given here, or directly. */
  proxyMode: v.picklist(['system', 'manual', 'none']),
  /** `http://host:port`; used where the mode is `manual`. */
  proxyAddress: proxyAddressSchema,
  /** Empty for a proxy without authentication. Its password is in the keychain. */
  proxyUser: v.pipe(v.string(), v.maxLength(255)),
  /** Hosts that bypass the proxy, separated by commas; a leading dot includes all subdomains. */
  proxyExceptions: v.pipe(v.string(), v.trim(), v.maxLength(4000)),
})
export type Settings = v.InferOutput<typeof settingsSchema>

export const defaultSettings: Settings = {
  appearance: 'system',
  palette: 'standard',
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
