import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import type { Notification, Snooze, WatchedRef } from '#contract/monitoring.ts'
import { ask } from '../backend/ask.ts'

/** What the user was told, newest first, and what they do not want to be told. Mirrors the main process. */
export const useNotifications = defineStore('notifications', () => {
  const list = ref<Notification[]>([])
  const snoozes = ref<Snooze[]>([])
  /** Why what is read is not stored, in words; empty while all is well. */
  const storageProblem = ref('')

  const unread = computed(() => list.value.filter(({ isRead }) => !isRead))

  function replace(notifications: Notification[]): void {
    list.value = notifications
  }

  function replaceSnoozes(next: Snooze[]): void {
    snoozes.value = next
  }

  function setStorageProblem(words: string): void {
    storageProblem.value = words
  }

  function snoozeOf({ serverId, key }: WatchedRef): Snooze | undefined {
    return snoozes.value.find((snooze) => snooze.serverId === serverId && snooze.key === key)
  }

  const markAllRead = (): Promise<unknown> => ask('notifications:mark-read', { ids: null })
  const clear = (): Promise<unknown> => ask('notifications:clear', {})

  return { list, snoozes, unread, storageProblem, replace, replaceSnoozes, setStorageProblem, snoozeOf, markAllRead, clear }
})
