import type { EventMessage } from '#contract/contract.ts'
import type { Notification } from '#contract/notifications.ts'
import type { Settings } from '#contract/settings.ts'
import type { Clock } from '../clock.ts'
import type { Transport, TransportOptions } from '../http/transport.ts'
import type { Logger } from '../logging/logger.ts'
import type { Keychain } from '../secrets/keychain.ts'
import type { Question } from '../security/trust-guard.ts'
import type { OwnFindings } from './self-check.ts'

/** What the services need from outside. */
export interface Host {
  /** The user-data folder. */
  readonly folder: string
  readonly keychain: Keychain
  readonly logger: Logger
  readonly send: (message: EventMessage) => void
  readonly onSettings?: (settings: Settings, before: Settings) => void
  /** Asks where to save a text and saves it; resolves with the path, or null when the user chose not to. */
  readonly saveFile: (suggestedName: string, text: string) => Promise<string | null>
  /** Lets the user choose a file of a kind; resolves with its path, or null. */
  readonly chooseFile: (kind: 'json' | 'servers') => Promise<string | null>
  /** What the program shows of itself without changing or showing anything; nothing in tests without a window. */
  readonly checkQuietly?: () => Promise<OwnFindings>
  /** The newest lines of the log. */
  readonly readLog: () => string
  /** Asks the user outside the page; false unless they agree. */
  readonly confirm: (question: Question) => Promise<boolean>
  /** Rejects if the system refuses. */
  readonly writeClipboard: (text: string) => Promise<void>
  readonly openExternal: (address: string, baseUrl: string) => Promise<void>
  readonly app: {
    readonly version: string
    readonly runtime: string
    readonly platform: string
    /** The languages of the operating system, the preferred one first (BCP 47). */
    readonly systemLanguages: readonly string[]
    readonly isReadOnly: boolean
  }
  /** The proxy that the operating system gives for an address, as the result of a PAC file. */
  readonly resolveSystemProxy: (address: string) => Promise<string>
  /** Shows a system notification, unless the user is looking at Syncdeck. */
  readonly notify: (notification: Notification) => void
  /** Shows the number of unread notifications, on platforms that have a place for it. */
  readonly setBadge: (count: number) => void
  readonly clock?: Clock
  readonly random?: () => number
  /** For tests with a network of their own. */
  readonly createTransport?: (options: TransportOptions) => Transport
  /** For tests with their own clock, for which the disk must take no time: waits until a file is on the disk. */
  readonly syncFile?: (file: number) => Promise<void>
  /** The first interval between two checks of a task; default one second. */
  readonly taskPollMs?: number
}
