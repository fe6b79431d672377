import { messageId } from '#contract/messages/message.ts'
import type { Notification } from '#contract/notifications.ts'
import { refId } from '#contract/synchronizations.ts'
import type { Server } from '#contract/servers.ts'
import { troubleOf } from '../servers/servers.ts'

const OF_TROUBLE: ReadonlySet<Notification['kind']> = new Set(['server-away', 'server-blocked'])

/** Whether the trouble a notification is about lasts, is over, or the notification is about something else. */
export function troubleStateOf(
  { kind, items }: Notification,
  servers: ReadonlyMap<string, Server>,
): 'lasts' | 'over' | null {
  if (!OF_TROUBLE.has(kind)) return null
  const concerned = items.flatMap(({ serverId }) => servers.get(serverId) ?? [])
  if (concerned.length === 0) return null
  return concerned.some((server) => troubleOf(server) !== null) ? 'lasts' : 'over'
}

/** A notification together with earlier ones that say the same about the same object. */
export interface Story {
  /** Of the first of them, so that it stays when another comes. */
  readonly id: number
  readonly newest: Notification
  readonly count: number
  /** When the first came; epoch ms. */
  readonly firstAt: number
  readonly isRead: boolean
}

/** The notifications, newest first, equal ones once. A digest is never equal to another. */
export function storiesOf(list: readonly Notification[]): Story[] {
  const byStory = new Map<string, Story>()
  for (const item of list) {
    const [only, second] = item.items
    const isSingle = only !== undefined && second === undefined
    const story = isSingle ? [item.kind, refId(only), messageId(item.title)].join('\n') : `${item.id}`
    const known = byStory.get(story)
    byStory.set(story, {
      id: item.id,
      newest: known?.newest ?? item,
      count: (known?.count ?? 0) + 1,
      firstAt: item.at,
      isRead: item.isRead && (known?.isRead ?? true),
    })
  }
  return [...byStory.values()]
}
