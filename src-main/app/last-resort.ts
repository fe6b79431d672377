import { logFault } from '../logging/fault.ts'
import type { Logger } from '../logging/logger.ts'
import { t } from '../text/say.ts'

export interface LastResort {
  readonly logger: Logger
  /** Tells the user, in the window, that something in Syncdeck itself failed. */
  readonly notify: () => void
  /** Tells the user in a message box that Syncdeck quits. */
  readonly showEnd: (title: string, text: string) => void
  readonly exit: (code: number) => void
}

/**
 * Handles what nobody caught in the main process. A rejection is logged and reported, and everything else continues.
 * After an uncaught exception nothing can be relied on (Node, “Warning: Using 'uncaughtException' correctly”): it is
 * logged and reported, and Syncdeck quits. Both databases survive that; the outcome of pending requests is determined
 * at the next start.
 */
export function installLastResort(
  source: Pick<NodeJS.EventEmitter, 'on'>,
  { logger, notify, showEnd, exit }: LastResort,
): void {
  let isEnding = false
  source.on('unhandledRejection', (reason: unknown) => {
    logFault(logger, 'unhandled rejection', reason)
    notify()
  })
  source.on('uncaughtException', (fault: unknown) => {
    logFault(logger, 'uncaught exception', fault)
    if (isEnding) return
    isEnding = true
    showEnd(t('shell.fault.title'), t('shell.fault.text'))
    exit(1)
  })
}
