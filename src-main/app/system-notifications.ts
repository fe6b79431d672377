import { app, Notification } from 'electron'
import type { Notification as Told } from '#contract/notifications.ts'
import { say, t } from '../text/say.ts'

/** Shows a notification of the operating system, if it supports them. `onClick` is called when the user clicks it. */
export function showSystemNotification({ title, text, items }: Told, onClick: () => void): void {
  if (!Notification.isSupported()) return
  const listed = items.slice(0, 4).map((item) => say(item.text))
  const body =
    text === null
      ? [...listed, ...(items.length > 4 ? [t('shell.notification.more', { count: items.length - 4 })] : [])].join('\n')
      : say(text)
  const notification = new Notification({ title: say(title), body, silent: true })
  notification.on('click', onClick)
  notification.show()
}

/** A count on the application's icon: macOS, and desktops with Unity's launcher interface. Elsewhere nothing happens. */
export function setBadge(count: number): void {
  app.setBadgeCount(count)
}
