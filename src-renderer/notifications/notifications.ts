import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import type { WatchedRef } from '#contract/monitoring.ts'
import type { Notification, Snooze } from '#contract/notifications.ts'
import { ask } from '../backend/ask.ts'
import type { EventFeed } from '../backend/event-feed.ts'
import { useServers } from '../servers/servers.ts'
import { troubleStateOf } from './stories.ts'

/** Notifications, newest first, and snoozes. Mirrors the main process. */
export const useNotifications = defineStore('notifications', () => {
  const list = ref<Notification[]>([])
  const snoozes = ref<Snooze[]>([])

  const servers = useServers()
  /** Unread notifications that nothing else in the window currently shows. */
  const unread = computed(() =>
    list.value.filter((item) => !item.isRead && troubleStateOf(item, servers.byId) !== 'lasts'),
  )

  function replace(notifications: Notification[]): void {
    list.value = notifications
  }

  function replaceSnoozes(next: Snooze[]): void {
    snoozes.value = next
  }

  function snoozeOf({ serverId, key }: WatchedRef): Snooze | undefined {
    return snoozes.value.find((snooze) => snooze.serverId === serverId && snooze.key === key)
  }

  async function load(): Promise<() => void> {
    const [notifications, current] = await Promise.all([ask('notifications:list', {}), ask('snoozes:list', {})])
    return () => {
      replace(notifications)
      replaceSnoozes(current)
    }
  }

  function follow(feed: Pick<EventFeed, 'on'>): void {
    feed.on('notifications:changed', replace)
    feed.on('snoozes:changed', replaceSnoozes)
  }

  return { list, snoozes, unread, replace, replaceSnoozes, snoozeOf, load, follow }
})
