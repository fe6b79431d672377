import type { Snooze } from '#contract/notifications.ts'
import { ask } from '../backend/ask.ts'
import { t } from '../text/t.ts'
import { useUndo } from '../ui/undo.ts'
import { useNotifications } from './notifications.ts'

/** Snoozes something called `name`, and offers to undo that: a snooze that this one replaces comes back. */
export async function beginSnooze(snooze: Snooze, name: string): Promise<void> {
  const notifications = useNotifications()
  const before = notifications.snoozeOf(snooze)
  await ask('snoozes:set', snooze)
  useUndo().show({
    get words() {
      return t('notifications.undo.snoozed', { name })
    },
    undo: async () => {
      const current = notifications.snoozeOf(snooze)
      if (current === undefined || !isSame(current, snooze))
        throw new Error(t('notifications.undo.snoozeChanged', { name }))
      if (before !== undefined && isAhead(before)) await ask('snoozes:set', before)
      else await ask('snoozes:end', { serverId: snooze.serverId, key: snooze.key })
    },
  })
}

/** Ends the snooze of something called `name`, and offers to undo that, with its time and reason. */
export async function endSnooze(snooze: Snooze, name: string): Promise<void> {
  const notifications = useNotifications()
  await ask('snoozes:end', { serverId: snooze.serverId, key: snooze.key })
  useUndo().show({
    get words() {
      return t('notifications.undo.ended', { name })
    },
    undo: async () => {
      if (notifications.snoozeOf(snooze) !== undefined) throw new Error(t('notifications.undo.snoozeChanged', { name }))
      if (!isAhead(snooze)) throw new Error(t('notifications.undo.snoozeOver', { name }))
      await ask('snoozes:set', snooze)
    },
  })
}

function isAhead({ until }: Snooze): boolean {
  return until === null || until > Date.now()
}

function isSame(one: Snooze, other: Snooze): boolean {
  return one.until === other.until && one.reason.trim() === other.reason.trim()
}
