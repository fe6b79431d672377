import { app, Notification } from 'electron'
import type { Notification as Told } from '#contract/notifications.ts'
import type { Logger } from '../logging/logger.ts'
import { say, t } from '../text/say.ts'

/** How many are kept alive, so that clicks on them still work. */
const MAX_SHOWN = 20

/** Electron does not keep a notification alive: once collected, it does not hear of its click (electron#12690). */
const shown = new Set<Notification>()

/**
 * Shows a system notification, if the operating system supports them. `onClick` is called when the user clicks it. If
 * the system refuses one, as macOS does for an unsigned program, that is logged.
 */
export function showSystemNotification(
  { title, text, items }: Pick<Told, 'title' | 'text' | 'items'>,
  onClick: () => void,
  logger: Logger,
): void {
  if (!Notification.isSupported()) return
  const listed = items.slice(0, 4).map((item) => say(item.text))
  const body =
    text === null
      ? [...listed, ...(items.length > 4 ? [t('shell.notification.more', { count: items.length - 4 })] : [])].join('\n')
      : say(text)
  const notification = new Notification({ title: say(title), body, silent: true })
  const forget = (): void => void shown.delete(notification)
  notification.on('click', () => {
    forget()
    onClick()
  })
  notification.on('close', forget)
  notification.on('failed', (_event, error) => {
    forget()
    logger.write('warn', 'notification refused by the system', { error })
  })
  shown.add(notification)
  for (const oldest of [...shown].slice(0, -MAX_SHOWN)) shown.delete(oldest)
  notification.show()
}

/**
 * A count on the application's icon: in macOS's dock, and on Linux in docks that know the LauncherEntry interface.
 * Elsewhere nothing happens.
 */
export function setBadge(count: number): void {
  app.setBadgeCount(count)
}
