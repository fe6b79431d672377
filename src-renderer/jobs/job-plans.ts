import { defineStore } from 'pinia'
import { ref, shallowRef, type ShallowRef } from 'vue'
import type { WordedError } from '#contract/errors.ts'
import type { JobId, ServerId } from '#contract/ids.ts'
import type { CopyMapping, Replacement, SyncAccount, WholeJob } from '#contract/jobs.ts'
import type { SynchronizationRef } from '#contract/synchronizations.ts'
import { ask, errorData } from '../backend/ask.ts'
import { useJobs } from './jobs.ts'

/** The dialog asks what to do with these; `isReading`: the plan was requested and has not arrived yet. */
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

/** How the user gets to a job: choosing what it is about, and waiting for its plan. A finished plan opens its page. */
export const useJobPlans = defineStore('job-plans', () => {
  const jobs = useJobs()
  /** The user is choosing the sync user for a new password; `account`: the preselected one, if any. */
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

  /**
   * Shows the page of a plan once it arrives; resolves with the reason if there is none, otherwise null. A cancelled
   * plan is forgotten when it arrives.
   */
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

  /** Asks what to replace in these. */
  function chooseReplacement(targets: readonly SynchronizationRef[]): void {
    replacing.value = asking(targets)
  }

  /** Asks where to copy these, and how. */
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
  function planCopy(serverId: ServerId, mapping: CopyMapping): Promise<void> {
    return planAsked(copying, (targets) => ask('jobs:plan-copy', { targets, serverId, mapping }))
  }

  /** The input stays until the plan has arrived: a refused pattern is corrected, not typed again. */
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
  function planBack(id: JobId): Promise<void> {
    return plan(() => ask('jobs:plan-back', { id, targets: null }))
  }

  /** Lets the user choose the sync user of a new password. */
  function choosePassword(account: SyncAccount | null = null): void {
    choosing.value = { account }
  }

  /** Nothing is planned any longer; a plan that still arrives is forgotten. */
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
