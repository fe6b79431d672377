import type { WebContents } from 'electron'
import type { Logger } from '../logging/logger.ts'

/** A page that fails again this soon would keep failing. */
const AGAIN_WITHIN_MS = 60_000

export interface PageRecovery {
  readonly logger: Logger
  /** Loads the page again. */
  readonly reload: () => void
  /** Called when the page has ended twice within a minute: tells the user, and closes the window. */
  readonly giveUp: () => void
  /** Monotonic ms. */
  readonly elapsed: () => number
}

/**
 * Reloads the page when its process has ended, because it would stay white. Everything it shows, drafts included, is in
 * the main process; only what was typed in the last moment is lost. A hanging page is logged, and may recover.
 */
export function recoverPage(contents: WebContents, { logger, reload, giveUp, elapsed }: PageRecovery): void {
  let endedAt = Number.NEGATIVE_INFINITY
  contents.on('render-process-gone', (_event, { reason, exitCode }) => {
    if (reason === 'clean-exit') return
    logger.write('error', 'the page’s process has ended', { reason, exitCode })
    const isAgain = elapsed() - endedAt < AGAIN_WITHIN_MS
    endedAt = elapsed()
    if (isAgain) giveUp()
    else reload()
  })
  contents.on('unresponsive', () => logger.write('warn', 'the page does not respond'))
  contents.on('responsive', () => logger.write('info', 'the page responds again'))
}
