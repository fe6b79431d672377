import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import type { WordedError } from '#contract/errors.ts'
import type { SyncAccount, WholeJob } from '#contract/jobs.ts'
import type { SynchronizationRef } from '#contract/synchronizations.ts'
import { ask, errorData } from '../backend/ask.ts'
import { useJobs } from './jobs.ts'

/** The user’s way to a job: choosing what it is about, and waiting for its plan. A plan that is there shows its page. */
export const useJobPlans = defineStore('job-plans', () => {
  const jobs = useJobs()
  /** The sync user that a new password is for is being chosen; `account`: the one that is meant, if any. */
  const choosing = shallowRef<{ readonly account: SyncAccount | null } | null>(null)
  /** The servers are being read for a plan, or could not be. */
  const isPlanning = ref(false)
  const error = ref<WordedError | null>(null)
  let latest = 0

  async function plan(request: () => Promise<WholeJob>): Promise<void> {
    latest += 1
    const mine = latest
    choosing.value = null
    isPlanning.value = true
    error.value = null
    try {
      const job = await request()
      if (mine !== latest) {
        await ask('jobs:forget', { id: job.id })
        return
      }
      isPlanning.value = false
      jobs.take(job)
      jobs.show(job.id)
    } catch (thrown) {
      if (mine === latest) error.value = errorData(thrown)
    }
  }

  /** Plans to stop what of these runs. */
  function planMaintenance(targets: readonly SynchronizationRef[]): Promise<void> {
    const refs = targets.map(({ serverId, key }) => ({ serverId, key }))
    return plan(() => ask('jobs:plan-maintenance', { targets: refs }))
  }

  /** Plans the new password of a sync user, for the Jira that these addresses lead to. */
  function planPassword(user: string, baseUrls: readonly string[]): Promise<void> {
    return plan(() => ask('jobs:plan-password', { user, baseUrls: [...baseUrls] }))
  }

  /** Plans the way back of a job. */
  function planBack(id: string): Promise<void> {
    return plan(() => ask('jobs:plan-back', { id, targets: null }))
  }

  /** Lets the user choose the sync user of a new password. */
  function choosePassword(account: SyncAccount | null = null): void {
    choosing.value = { account }
  }

  /** Nothing is planned any more; a plan that comes all the same is forgotten. */
  function cancel(): void {
    latest += 1
    choosing.value = null
    isPlanning.value = false
    error.value = null
  }

  return { choosing, isPlanning, error, planMaintenance, planPassword, planBack, choosePassword, cancel }
})
