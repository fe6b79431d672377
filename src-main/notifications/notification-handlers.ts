import type { notificationRequests } from '#contract/notifications.ts'
import type { HandlersOf } from '../ipc/answer-request.ts'
import type { ServerRegistry } from '../servers/server-registry.ts'
import type { NotificationCenter } from './notification-center.ts'
import type { Snoozes } from './snoozes.ts'

/** Handles requests about notifications and snoozes. */
export function notificationHandlers({
  notifications,
  snoozes,
  registry,
}: {
  readonly notifications: Pick<NotificationCenter, 'list' | 'markRead' | 'dismiss' | 'restore'>
  readonly snoozes: Pick<Snoozes, 'list' | 'set' | 'end'>
  readonly registry: Pick<ServerRegistry, 'get'>
}): HandlersOf<typeof notificationRequests> {
  return {
    'notifications:list': () => notifications.list(),
    'notifications:mark-read': ({ ids }) => notifications.markRead(ids),
    'notifications:dismiss': ({ ids }) => ({ ids: notifications.dismiss(ids) }),
    'notifications:restore': ({ ids }) => ({ ids: notifications.restore(ids) }),
    'snoozes:list': () => snoozes.list(),
    'snoozes:set': (snooze) => {
      registry.get(snooze.serverId)
      snoozes.set(snooze)
    },
    'snoozes:end': (ref) => snoozes.end(ref),
  }
}
