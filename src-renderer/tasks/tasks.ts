import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import type { EventPayload } from '#contract/contract.ts'
import type { TaskId } from '#contract/ids.ts'
import type { RunOperation, Task } from '#contract/tasks.ts'
import { refId, type SynchronizationRef } from '#contract/synchronizations.ts'
import { ask } from '../backend/ask.ts'
import type { EventFeed } from '../backend/event-feed.ts'

/** Operations from the click to their end. Mirrors the main process's task runner. */
export const useTasks = defineStore('tasks', () => {
  const byId = ref(new Map<string, Task>())
  const ends = new Map<string, PromiseWithResolvers<Task | null>>()

  /** Running first, the newest of each on top. */
  const ordered = computed(() =>
    [...byId.value.values()].sort(
      (a, b) => Number(a.state === 'ended') - Number(b.state === 'ended') || b.startedAt - a.startedAt,
    ),
  )
  const running = computed(() => ordered.value.filter((task) => task.state !== 'ended'))
  /** Synchronizations with an operation under way, by server and key. */
  const busy = computed(() => new Set<string>(running.value.map((task) => refId(task))))

  function replace(tasks: Task[]): void {
    byId.value = new Map(tasks.map((task) => [task.id, task]))
    for (const id of [...ends.keys()]) tell(id)
  }

  function apply({ put, removedIds }: EventPayload<'tasks:changed'>): void {
    for (const task of put) byId.value.set(task.id, task)
    for (const id of removedIds) byId.value.delete(id)
    for (const id of [...put.map((task) => task.id), ...removedIds]) tell(id)
  }

  /** Notifies those who wait for the end of this task, if it has ended or is gone. */
  function tell(id: TaskId): void {
    const task = byId.value.get(id) ?? null
    if (task !== null && task.state !== 'ended') return
    ends.get(id)?.resolve(task)
    ends.delete(id)
  }

  /** The task as it ended; null if it was removed from the list before its end was seen. */
  function ended(id: TaskId): Promise<Task | null> {
    const end = ends.get(id) ?? Promise.withResolvers<Task | null>()
    ends.set(id, end)
    // One that is not in the list has only just begun.
    if (byId.value.has(id)) tell(id)
    return end.promise
  }

  function begin(operation: RunOperation, targets: SynchronizationRef[]): Promise<{ taskIds: TaskId[] }> {
    const refs = targets.map(({ serverId, key }) => ({ serverId, key }))
    return ask(`synchronizations:${operation}`, { targets: refs })
  }

  async function load(): Promise<() => void> {
    const tasks = await ask('tasks:list', {})
    return () => replace(tasks)
  }

  function follow(feed: Pick<EventFeed, 'on'>): void {
    feed.on('tasks:changed', apply)
  }

  return { byId, ordered, running, busy, replace, apply, begin, ended, load, follow }
})
