import { defineStore } from 'pinia'
import { computed, ref, shallowRef, triggerRef } from 'vue'
import type { EventPayload } from '#contract/contract.ts'
import type { JobId } from '#contract/ids.ts'
import type { Job } from '#contract/jobs.ts'
import { ask } from '../backend/ask.ts'
import type { EventFeed } from '../backend/event-feed.ts'
import { useNavigation } from '../ui/navigation.ts'

/** Whether a job has stopped where only the user leads on. */
export function isWaiting({ state }: Pick<Job, 'state'>): boolean {
  return state === 'paused' || state === 'interrupted'
}

/**
 * All jobs without their targets, and which of them is shown. Mirrors the main process; objects are replaced, never
 * changed.
 */
export const useJobs = defineStore('jobs', () => {
  const byId = shallowRef(new Map<string, Job>())
  /** Newest first. */
  const all = computed(() => [...byId.value.values()].sort((a, b) => b.plannedAt - a.plannedAt))
  const running = computed(() => all.value.filter(({ state }) => state === 'running'))
  /** Those that only the user leads on. */
  const waiting = computed(() => all.value.filter(isWaiting))
  /** Begun, and not at their end. */
  const openCount = computed(() => running.value.length + waiting.value.length)

  /** The job whose page is shown; null for the list. */
  const openedId = ref<string | null>(null)
  const opened = computed(() => (openedId.value === null ? undefined : byId.value.get(openedId.value)))
  /** The job whose page was left last: the list puts the focus there. */
  const leftId = ref<string | null>(null)

  function replace(jobs: readonly Job[]): void {
    byId.value = new Map(jobs.map((job) => [job.id, job]))
  }

  function apply({ put, removedIds }: EventPayload<'jobs:changed'>): void {
    for (const job of put) byId.value.set(job.id, job)
    for (const id of removedIds) byId.value.delete(id)
    triggerRef(byId)
  }

  /** Takes over a job that was answered before its event came. */
  function take(job: Job): void {
    apply({ put: [job], removedIds: [] })
  }

  /** Shows a job’s page, or with null the list of all. */
  function show(id: JobId | null): void {
    leftId.value = openedId.value
    openedId.value = id
    useNavigation().view = 'jobs'
  }

  /** Shows the only job that waits for the user, or else the list. */
  function showWaiting(): void {
    const [only, second] = waiting.value
    show(only !== undefined && second === undefined ? only.id : null)
  }

  /** Shows the job that a notification is about; if it is about several, or that job was forgotten, those that wait. */
  function showNotified(id: JobId | null): void {
    if (id !== null && byId.value.has(id)) show(id)
    else showWaiting()
  }

  async function load(): Promise<() => void> {
    const jobs = await ask('jobs:list', {})
    return () => replace(jobs)
  }

  function follow(feed: Pick<EventFeed, 'on'>): void {
    feed.on('jobs:changed', apply)
  }

  return {
    byId,
    all,
    running,
    waiting,
    openCount,
    openedId,
    opened,
    leftId,
    replace,
    apply,
    take,
    show,
    showWaiting,
    showNotified,
    load,
    follow,
  }
})
