import type { JobId, TaskId } from '#contract/ids.ts'
import { addresseeOf, type StepName, type SyncAccount } from '#contract/jobs.ts'
import { foreign, message } from '#contract/messages/message.ts'
import type { Task } from '#contract/tasks.ts'
import type { Clock } from '../clock.ts'
import type { StepPlace, StoredStep, StoredTarget } from '../storage/job-table.ts'
import type { TaskTable } from '../storage/task-table.ts'
import type { SynchronizationReader } from '../synchronizations/synchronization-reader.ts'
import { readIntent } from '../tasks/intent.ts'
import { isIntendedState } from '../tasks/states.ts'
import type { JobProgress } from './job-progress.ts'
import { isOver, isStuck, nextStep } from './job-state.ts'
import type { JobStore } from './job-store.ts'
import { accountKey, accountsOf } from './one-first.ts'
import type { Run } from './run.ts'
import { seeRunning, showsChanges, type Patience, type Sight } from './sight.ts'
import { yieldOf, type StepEnd } from './step-end.ts'
import type { StepRunner } from './step-runner.ts'

/** With these, a server may try whether the sync users can log in. */
const BY_LOG_IN: ReadonlySet<StepName> = new Set(['update', 'create'])

/** After this many consecutive failures, the next target is expected to fail too. */
const MAX_FAILURES = 3

export interface TargetRunnerOptions {
  readonly store: Pick<JobStore, 'get'>
  readonly progress: JobProgress
  readonly steps: StepRunner
  readonly reader: Pick<SynchronizationReader, 'refreshItem' | 'refreshStatus'>
  readonly taskTable: Pick<TaskTable, 'find'>
  readonly clock: Clock
  /** Between two checks of a synchronization that was started. */
  readonly pollMs: number
  /** Syncdeck is quitting: nothing new begins, and nothing more is recorded. */
  readonly closed: AbortSignal
}

/** Takes single targets of a job through their steps, and halts the job when it must not continue. */
export class TargetRunner {
  readonly #options: TargetRunnerOptions
  readonly #progress: JobProgress

  constructor(options: TargetRunnerOptions) {
    this.#options = options
    this.#progress = options.progress
  }

  /** Resolves when a target has completed a phase, or goes no further. */
  async work(jobId: JobId, place: number, phase: number, run: Run): Promise<void> {
    for (;;) {
      const target = this.#progress.target(jobId, place)
      const step = nextStep(target)
      if (step === null || step.phase !== phase || step.outcome !== 'waiting') break
      const at = { jobId, target: place, step: target.steps.indexOf(step) }
      const isNeeded = !step.isOnlyIfRefused || (await this.#isRefused(at, run))
      if (this.#options.closed.aborted) return
      if (!isNeeded) this.#progress.set(at, { outcome: 'needless' })
      else if (!(await this.#carryOut(at, run))) return
    }
    const target = this.#progress.target(jobId, place)
    if (this.#mayBeRefusedAgain(jobId, target, run)) {
      const values = { key: target.key, server: addresseeOf(target).serverName }
      this.#progress.halt(jobId, message('jobs.halt.unknown', values))
    }
    run.failuresInARow = isStuck(target) ? run.failuresInARow + 1 : 0
    if (run.failuresInARow >= MAX_FAILURES)
      this.#progress.halt(jobId, message('jobs.halt.failures', { count: MAX_FAILURES }))
  }

  /** Follows a step that an earlier session left at a server until it ends. */
  async follow(at: StepPlace): Promise<void> {
    const { taskTable, steps } = this.#options
    const { taskId, name } = this.#progress.step(at)
    // These are answered at once and have no tasks.
    if (name === 'delete') return this.#note(at, await steps.endOfDeletion(this.#progress.target(at.jobId, at.target)))
    if (name === 'create') return this.#note(at, await steps.endOfCreation(this.#progress.target(at.jobId, at.target)))
    const task = taskId === null ? null : taskTable.find(taskId)
    // Its task is stored before the request is sent.
    if (task === null) {
      this.#progress.set(at, { outcome: 'waiting', taskId: null, begunAt: null })
      return
    }
    const over: Task = task.state === 'ended' ? { ...task, waiting: null } : await steps.followed(task.id)
    this.#note(at, await this.#settled(at, await steps.endOf(over)))
  }

  /** Records the end of a step of an earlier session. */
  #note(at: StepPlace, end: StepEnd): void {
    const isWaiting = end.kind === 'ended' && end.outcome === 'waiting'
    const change = {
      outcome: end.kind === 'ended' ? end.outcome : 'unknown',
      result: end.kind === 'ended' ? end.result : end.why,
      ...(isWaiting ? { taskId: null, begunAt: null } : { endedAt: this.#options.clock.now() }),
    } as const
    this.#progress.set(at, change, end.kind === 'ended' ? yieldOf(end) : {})
  }

  /** False if the step waits. */
  async #carryOut(at: StepPlace, run: Run): Promise<boolean> {
    const { store, steps, clock, closed } = this.#options
    const target = this.#progress.target(at.jobId, at.target)
    const { name, phase } = this.#progress.step(at)
    const hasBegun = target.steps.some((step) => step.phase === phase && step.begunAt !== null)
    let isCalledOff = false
    const begins = (taskId: TaskId | null): boolean => {
      // Paused or ended by the user while it was read.
      const isWanted =
        this.#progress.step(at).outcome === 'waiting' && (hasBegun || store.get(at.jobId).state === 'running')
      isCalledOff = !isWanted || closed.aborted
      if (isCalledOff) return false
      return this.#progress.set(at, { outcome: 'under-way', taskId, begunAt: clock.now() })
    }
    const means = { begins, passwordOf: (account: SyncAccount) => run.secrets.of(account) }
    const end = await steps.run(name, target, at.jobId, means)
    return !isCalledOff && this.#settle(at, end, run)
  }

  /** False if the step waits. */
  #settle(at: StepPlace, end: StepEnd, run: Run): boolean {
    const { clock, closed } = this.#options
    if (closed.aborted) return false
    const target = this.#progress.target(at.jobId, at.target)
    const { serverId, serverName } = addresseeOf(target)
    if (end.kind === 'ended' && end.outcome !== 'waiting') {
      const { name, begunAt } = this.#progress.step(at)
      const isStored = this.#progress.set(
        at,
        { outcome: end.outcome, result: end.result, endedAt: clock.now() },
        yieldOf(end),
      )
      // This is how a server refuses that first tries a new connection.
      const isRefused = end.outcome === 'failed' && (name === 'update' || name === 'create') && begunAt !== null
      if (isRefused)
        this.#progress.halt(at.jobId, message(`jobs.halt.${name}`, { key: target.key, server: serverName }))
      // It has accepted these sync users.
      if (end.made !== undefined) for (const account of accountsOf(target)) run.proven.add(accountKey(account))
      return isStored
    }
    if (end.kind === 'changed') {
      this.#progress.leaveOut(at.jobId, at.target, end.why)
      return false
    }
    const why = end.kind === 'ended' ? end.result : end.why
    this.#progress.set(at, { outcome: 'waiting', result: why, taskId: null, begunAt: null })
    if (end.kind === 'away') run.away.set(end.serverId ?? serverId, end.why)
    else this.#progress.halt(at.jobId, why)
    return false
  }

  /**
   * Checks a synchronization that the previous step started, or may have started. If it does not reach a side that it
   * reached before, its log-in counts as refused: the job halts, and the synchronization is stopped before it tries
   * again.
   */
  async #isRefused(at: StepPlace, run: Run): Promise<boolean> {
    const target = this.#progress.target(at.jobId, at.target)
    const before = { ...at, step: at.step - 1 }
    const begun = this.#progress.step(before)
    // It was already running, and was checked a moment ago.
    if (begun.outcome === 'needless' && target.steps[at.step - 2]?.outcome === 'needless') return false
    const sight = await this.#see(at)
    const set = (change: Partial<StoredStep>): void => void this.#progress.set(before, change)
    switch (sight.kind) {
      case 'right':
        return this.#noteRunning(before, run)
      case 'stopped':
        if (isOver(begun) && begun.name === 'start')
          set({ outcome: 'failed', result: message('jobs.told.stoppedAgain') })
        return false
      case 'unclear':
        if (isOver(begun)) set({ result: message('jobs.told.notSeen') })
        return false
      case 'offline': {
        if (target.before.isOffline && !target.steps.some(({ name }) => name === 'update')) {
          if (isOver(begun)) set({ result: message('jobs.told.offlineAsBefore') })
          return false
        }
        const result = message('jobs.told.offline', { words: foreign(sight.words) })
        set({ outcome: 'failed', result })
        this.#progress.halt(at.jobId, message('jobs.halt.refused', { key: target.key, server: target.serverName }))
        return true
      }
    }
  }

  /** Records that a synchronization runs and reaches both sides after a step; false, because nothing was refused. */
  async #noteRunning(at: StepPlace, run: Run): Promise<false> {
    const { name, outcome } = this.#progress.step(at)
    const accounts = accountsOf(this.#progress.target(at.jobId, at.target)).map(accountKey)
    const isDone = isOver({ outcome })
    if (isDone && accounts.every((account) => run.proven.has(account))) return false
    const isByUpdate = await this.#runsByUpdate(at)
    if (isByUpdate) for (const account of accounts) run.proven.add(account)
    if (!isDone && (name === 'start' || isByUpdate))
      this.#progress.set(at, {
        outcome: 'done',
        result: message(`jobs.told.settled.${name === 'start' ? 'start' : 'update'}`),
      })
    return false
  }

  /** A new connection whose answer was lost counts as accepted if what runs and reaches both sides uses it. */
  async #settled(at: StepPlace, end: StepEnd): Promise<StepEnd> {
    const isUnknown = end.kind === 'ended' && end.outcome === 'unknown'
    if (!isUnknown || this.#progress.step(at).name !== 'update') return end
    const sight = await this.#see(at)
    return sight.kind === 'right' && (await this.#runsByUpdate(at))
      ? { kind: 'ended', outcome: 'done', result: message('jobs.told.settled.update') }
      : end
  }

  /**
   * Whether what runs, and reaches both sides, does so with what the job's update brings, if it has one. With its old
   * address it may run as well: a reading must show the new one. No reading shows a password; but one that was stopped
   * right before the update could not have logged in with the old password since.
   */
  async #runsByUpdate(at: StepPlace): Promise<boolean> {
    const target = this.#progress.target(at.jobId, at.target)
    const update = target.steps.find(({ name }) => name === 'update')
    if (update === undefined) return true
    if (target.changes.length > 0) return showsChanges(this.#options.reader, target, this.#patience)
    if (isOver(update)) return true
    const task = update.taskId === null ? null : this.#options.taskTable.find(update.taskId)
    return task !== null && isIntendedState('stop', readIntent(task).stateBefore)
  }

  /**
   * Whether the outcome of a new connection is unknown, and another target waits to log in as one of its users, whose
   * password nothing has shown to be right: a server that tries connections first may have met a refusal, and would
   * meet another.
   */
  #mayBeRefusedAgain(jobId: JobId, target: StoredTarget, { proven, secrets }: Run): boolean {
    if (!target.steps.some(({ name, outcome }) => outcome === 'unknown' && BY_LOG_IN.has(name))) return false
    const isRight = (account: SyncAccount): boolean => proven.has(accountKey(account)) || secrets.isAccepted(account)
    const unproven = new Set(accountsOf(target).flatMap((account) => (isRight(account) ? [] : [accountKey(account)])))
    return this.#options.store.get(jobId).targets.some((other) => {
      const isWaiting = other.steps.some(({ name, outcome }) => outcome === 'waiting' && BY_LOG_IN.has(name))
      const goesOn = isWaiting && nextStep(other) !== null
      return goesOn && accountsOf(other).some((account) => unproven.has(accountKey(account)))
    })
  }

  #see({ jobId, target }: StepPlace): Promise<Sight> {
    return seeRunning(this.#options.reader, this.#progress.target(jobId, target), this.#patience)
  }

  get #patience(): Patience {
    const { clock, pollMs, closed } = this.#options
    return { clock, pollMs, signal: closed }
  }
}
