import { defineStore } from 'pinia'
import { computed, shallowRef, triggerRef } from 'vue'
import { conflictId, type Conflict, type ConflictDelta } from '#contract/conflicts.ts'
import type { SynchronizationRef } from '#contract/synchronizations.ts'
import { ask } from '../backend/ask.ts'
import type { EventFeed } from '../backend/event-feed.ts'

export type ConflictState = 'new' | 'known' | 'gone'

export function stateOf({ goneAt, seenAt }: Conflict): ConflictState {
  if (goneAt !== null) return 'gone'
  return seenAt === null ? 'new' : 'known'
}

/** Conflicts of all synchronizations as last read. Mirrors the main process; objects are replaced, never changed. */
export const useConflicts = defineStore('conflicts', () => {
  const byId = shallowRef(new Map<string, Conflict>())
  const all = computed(() => [...byId.value.values()])
  const newCount = computed(() => all.value.reduce((sum, conflict) => sum + (stateOf(conflict) === 'new' ? 1 : 0), 0))
  const openCount = computed(() => all.value.reduce((sum, conflict) => sum + (conflict.goneAt === null ? 1 : 0), 0))

  function replace(list: Conflict[]): void {
    byId.value = new Map(list.map((conflict) => [conflictId(conflict), conflict]))
  }

  function apply({ put, removed }: ConflictDelta): void {
    for (const conflict of put) byId.value.set(conflictId(conflict), conflict)
    for (const ref of removed) byId.value.delete(conflictId(ref))
    triggerRef(byId)
  }

  function ofSynchronization({ serverId, key }: SynchronizationRef): Conflict[] {
    return all.value.filter((conflict) => conflict.serverId === serverId && conflict.key === key)
  }

  async function load(): Promise<() => void> {
    const { conflicts } = await ask('conflicts:list', {})
    return () => replace(conflicts)
  }

  function follow(feed: Pick<EventFeed, 'on'>): void {
    feed.on('conflicts:changed', apply)
  }

  return { byId, all, newCount, openCount, replace, apply, ofSynchronization, load, follow }
})
