import type { WebContents } from 'electron'
import type { Logger } from '../logging/logger.ts'

/** A page that ends again so soon would end again and again. */
const AGAIN_WITHIN_MS = 60_000

export interface PageRecovery {
  readonly logger: Logger
  /** Loads the page anew. */
  readonly reload: () => void
  /** The page ended again within a minute: tells the user, and closes the window. */
  readonly giveUp: () => void
  /** Monotonic ms. */
  readonly elapsed: () => number
}

/**
 * Loads the page again when its process has ended: it would stay white. Everything that it shows is in the main process, and so are the
 * drafts; what was typed in the last moment is lost. A page that hangs is logged, and may come round.
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
