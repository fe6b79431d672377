import { defineStore } from 'pinia'
import { ref, shallowRef, type ShallowRef } from 'vue'
import type { WordedError } from '#contract/errors.ts'
import type { CopyMapping, Replacement, SyncAccount, WholeJob } from '#contract/jobs.ts'
import type { SynchronizationRef } from '#contract/synchronizations.ts'
import { ask, errorData } from '../backend/ask.ts'
import { useJobs } from './jobs.ts'

/** What is to be done with these is being asked for; `isReading`: the plan was asked for, and is not there yet. */
export interface Asking {
  readonly targets: readonly SynchronizationRef[]
  readonly isReading: boolean
  readonly error: WordedError | null
}

const refsOf = (targets: readonly SynchronizationRef[]): SynchronizationRef[] =>
  targets.map(({ serverId, key }) => ({ serverId, key }))

const asking = (targets: readonly SynchronizationRef[]): Asking => ({
  targets: refsOf(targets),
  isReading: false,
  error: null,
})

/** The user’s way to a job: choosing what it is about, and waiting for its plan. A plan that is there shows its page. */
export const useJobPlans = defineStore('job-plans', () => {
  const jobs = useJobs()
  /** The sync user that a new password is for is being chosen; `account`: the one that is meant, if any. */
  const choosing = shallowRef<{ readonly account: SyncAccount | null } | null>(null)
  const replacing = shallowRef<Asking | null>(null)
  const copying = shallowRef<Asking | null>(null)
  /** The servers are being read for a plan, or could not be. */
  const isPlanning = ref(false)
  const error = ref<WordedError | null>(null)
  let latest = 0

  async function plan(request: () => Promise<WholeJob>): Promise<void> {
    choosing.value = null
    isPlanning.value = true
    error.value = null
    const failure = await follow(request)
    if (failure === null) isPlanning.value = false
    else if (failure !== 'called-off') error.value = failure
  }

  /** Shows a plan’s page when it is there; resolves with why it is not, null where it is. One that was called off is forgotten when it comes. */
  async function follow(request: () => Promise<WholeJob>): Promise<WordedError | 'called-off' | null> {
    latest += 1
    const mine = latest
    try {
      const job = await request()
      if (mine !== latest) {
        await ask('jobs:forget', { id: job.id })
        return 'called-off'
      }
      jobs.take(job)
      jobs.show(job.id)
      return null
    } catch (thrown) {
      return mine === latest ? errorData(thrown) : 'called-off'
    }
  }

  /** Plans to stop what of these runs. */
  function planMaintenance(targets: readonly SynchronizationRef[]): Promise<void> {
    return plan(() => ask('jobs:plan-maintenance', { targets: refsOf(targets) }))
  }

  /** Plans to delete these. */
  function planCleanUp(targets: readonly SynchronizationRef[]): Promise<void> {
    return plan(() => ask('jobs:plan-clean-up', { targets: refsOf(targets) }))
  }

  /** Asks what is to be replaced in these. */
  function chooseReplacement(targets: readonly SynchronizationRef[]): void {
    replacing.value = asking(targets)
  }

  /** Asks where these are to be copied to, and as what. */
  function chooseCopy(targets: readonly SynchronizationRef[]): void {
    copying.value = asking(targets)
  }

  /** Plans a replacement in names and descriptions. */
  function planTexts(fields: ('summary' | 'description')[], replacement: Replacement): Promise<void> {
    return planAsked(replacing, (targets) => ask('jobs:plan-texts', { targets, fields, replacement }))
  }

  /** Plans a replacement in base URLs. */
  function planAddresses(sides: ('first' | 'second')[], replacement: Replacement): Promise<void> {
    return planAsked(replacing, (targets) => ask('jobs:plan-addresses', { targets, sides, replacement }))
  }

  /** Plans copies on a server. */
  function planCopy(serverId: string, mapping: CopyMapping): Promise<void> {
    return planAsked(copying, (targets) => ask('jobs:plan-copy', { targets, serverId, mapping }))
  }

  /** What was asked for stays until the plan is there: a pattern that is refused is mended, not typed again. */
  async function planAsked(
    dialog: ShallowRef<Asking | null>,
    request: (targets: SynchronizationRef[]) => Promise<WholeJob>,
  ): Promise<void> {
    const asked = dialog.value
    if (asked === null || asked.isReading) return
    dialog.value = { ...asked, isReading: true, error: null }
    const failure = await follow(() => request([...asked.targets]))
    if (failure === null) dialog.value = null
    else if (failure !== 'called-off') dialog.value = { ...asked, isReading: false, error: failure }
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
    replacing.value = null
    copying.value = null
    isPlanning.value = false
    error.value = null
  }

  return {
    choosing,
    replacing,
    copying,
    isPlanning,
    error,
    planMaintenance,
    planCleanUp,
    planTexts,
    planAddresses,
    planCopy,
    planPassword,
    planBack,
    choosePassword,
    chooseReplacement,
    chooseCopy,
    cancel,
  }
})
