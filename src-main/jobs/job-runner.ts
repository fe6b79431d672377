import type { JobId } from '#contract/ids.ts'
import { addresseeOf, type StepName, type SyncAccount, type SyncPassword } from '#contract/jobs.ts'
import type { MaintenanceNote } from '#contract/maintenance.ts'
import { message, type Message } from '#contract/messages/message.ts'
import { refId } from '#contract/synchronizations.ts'
import type { Clock } from '../clock.ts'
import { AppError } from '../errors/app-error.ts'
import { logFault } from '../logging/fault.ts'
import type { Logger } from '../logging/logger.ts'
import type { SettingsStore } from '../settings/settings-store.ts'
import type { StoredJob, StoredTarget } from '../storage/job-table.ts'
import type { TaskTable } from '../storage/task-table.ts'
import type { SynchronizationReader } from '../synchronizations/synchronization-reader.ts'
import { ended, left, retried } from './job-ends.ts'
import { JobProgress } from './job-progress.ts'
import { asksOf, isOpen, isOver, isUnderWay, nextPhase, nextStep, stillRunning } from './job-state.ts'
import type { JobStore } from './job-store.ts'
import { OneFirst } from './one-first.ts'
import { checkPasswords } from './password-check.ts'
import { awayWords, newRun, type Run } from './run.ts'
import type { StepRunner } from './step-runner.ts'
import type { SyncUserLogIn } from './sync-user-log-in.ts'
import { TargetRunner } from './target-runner.ts'

/** Halts that ask for passwords. In other cases the job says beforehand what to do. */
const ASKING: ReadonlySet<string> = new Set(['jobs.halt.change', 'jobs.halt.ask', 'jobs.halt.askToCreate'])

/** A creation may log in: servers that try no new connections do not. */
const LOGGING_IN: ReadonlySet<StepName> = new Set(['start', 'update', 'create'])

export interface JobRunnerOptions {
  readonly store: JobStore
  readonly steps: StepRunner
  readonly reader: Pick<SynchronizationReader, 'refresh' | 'refreshItem' | 'refreshStatus'>
  readonly logIn: Pick<SyncUserLogIn, 'check'>
  readonly taskTable: Pick<TaskTable, 'find'>
  readonly settings: Pick<SettingsStore, 'get'>
  readonly logger: Logger
  readonly clock: Clock
  /** Between two checks of a synchronization that was started. */
  readonly pollMs: number
}

/**
 * Runs jobs: target by target, within each server's limit, and for each sync user one target first. Nothing is sent
 * before it is stored, and the next step of a target begins only once the outcome of the previous one is stored. A job
 * halts at the first refused log-in and after a restart; only the user can continue it.
 */
export class JobRunner {
  readonly #options: JobRunnerOptions
  readonly #store: JobStore
  readonly #progress: JobProgress
  readonly #targets: TargetRunner
  readonly #runs = new Map<string, Run>()
  readonly #oneFirst = new OneFirst()
  readonly #closed = new AbortController()

  constructor(options: JobRunnerOptions) {
    this.#options = options
    const { store, steps, reader, taskTable, clock, pollMs } = options
    this.#store = store
    this.#progress = new JobProgress(store)
    const closed = this.#closed.signal
    this.#targets = new TargetRunner({
      store,
      progress: this.#progress,
      steps,
      reader,
      taskTable,
      clock,
      pollMs,
      closed,
    })
  }

  /**
   * Call before tasks resume. Jobs that were running become interrupted: steps already at a server are followed, and
   * nothing else begins.
   */
  resume(): void {
    for (const job of this.#store.all().filter(isOpen)) {
      if (job.state === 'running')
        this.#progress.note({ ...job, state: 'interrupted', halt: message('jobs.halt.interrupted') })
      for (const [place, { steps }] of job.targets.entries())
        for (const [number, step] of steps.entries())
          if (step.outcome === 'under-way') {
            const at = { jobId: job.id, target: place, step: number }
            void this.#guard(job.id, async () => {
              await this.#targets.follow(at)
              this.#pump(job.id)
            })
          }
    }
  }

  /**
   * Throws `input.invalid` if it was already started, nothing takes part, another job is working on one of its targets,
   * or the typed number of deletions is wrong. `maintenance`: its note.
   */
  begin(id: JobId, typed: string, maintenance: MaintenanceNote | null = null): void {
    const job = this.#store.get(id)
    if (job.state !== 'planned') throw refusal(message('jobs.errors.begun'))
    if (nextPhase(job) === null) throw refusal(message('jobs.errors.nothingToDo'))
    const count = deletions(job)
    if (count > 0 && typed.trim() !== String(count)) {
      const problem = message('jobs.errors.typeNumber', { count })
      throw new AppError('input.invalid', problem, { fields: { typed: problem } })
    }
    this.#go({ ...job, maintenance, begunAt: this.#options.clock.now() })
  }

  /** Also throws `input.invalid` if the job has asked for a password and it is missing. */
  goOn(id: JobId, passwords: readonly SyncPassword[] = []): void {
    const job = this.#store.get(id)
    if (job.state !== 'paused' && job.state !== 'interrupted') throw refusal(message('jobs.errors.notHalted'))
    const { secrets } = this.#run(id)
    for (const { password, ...account } of passwords) secrets.give(account, password)
    if (ASKING.has(job.halt?.key ?? '') && !secrets.hasAll(asksOf(job)))
      throw refusal(message('jobs.errors.passwordsMissing'))
    this.#go(job)
  }

  pause(id: JobId): void {
    const job = this.#store.get(id)
    if (job.state === 'running') this.#store.change({ ...job, state: 'paused', halt: null })
  }

  /** Cancels what has not begun; ends once everything under way is done. */
  end(id: JobId): void {
    const job = this.#store.get(id)
    if (!isOpen(job)) throw refusal(message('jobs.errors.notHalted'))
    const { job: rest, places } = left(job, this.#run(id).underWay)
    this.#store.change({ ...rest, state: 'running', halt: null }, places)
    this.#pump(id)
  }

  /** Retries what failed, and what is unknown. */
  retry(id: JobId): void {
    const job = this.#store.get(id)
    if (job.state === 'planned' || job.state === 'running') throw refusal(message('jobs.errors.stillRunning'))
    const { job: again, places } = retried(job)
    if (places.length === 0) throw refusal(message('jobs.errors.nothingFailed'))
    this.#go({ ...again, endedAt: null }, places)
  }

  /** Stops. Whatever is running on servers is followed after the next start. */
  close(): void {
    this.#closed.abort()
  }

  #go(job: StoredJob, places: readonly number[] = []): void {
    const mine = new Set(job.targets.filter((target) => nextStep(target) !== null).map(refId))
    const isElsewhere = this.#store
      .all()
      .some((other) => other.id !== job.id && isOpen(other) && other.targets.some((target) => takes(target, mine)))
    if (isElsewhere) throw refusal(message('jobs.errors.overlap'))
    this.#store.change({ ...job, state: 'running', halt: null }, places)
    const run = this.#run(job.id)
    run.away.clear()
    run.failuresInARow = 0
    this.#options.logger.write('info', 'job goes on', { job: job.id, kind: job.kind, targets: mine.size })
    this.#pump(job.id)
  }

  #run(id: JobId): Run {
    const known = this.#runs.get(id)
    if (known !== undefined) return known
    const run = newRun()
    this.#runs.set(id, run)
    return run
  }

  /** Starts whatever may start now. */
  #pump(id: JobId): void {
    const job = this.#store.get(id)
    if (this.#closed.signal.aborted || job.state !== 'running') return
    const run = this.#run(id)
    const next = nextPhase(job)
    if (next === null) {
      if (!isUnderWay(job) && run.underWay.size === 0) this.#finish(job)
      return
    }
    if (!this.#isReady(job, run)) return
    const most = this.#options.settings.get().requestsPerServer
    const busy = new Map<string, number>()
    for (const target of [...run.underWay].flatMap((place) => job.targets[place] ?? []))
      countUp(busy, addresseeOf(target).serverId)
    let isWaiting = false
    for (const place of next.places) {
      const target = job.targets[place]
      if (target === undefined || run.underWay.has(place) || nextStep(target)?.outcome !== 'waiting') continue
      const { serverId } = addresseeOf(target)
      if (run.away.has(target.serverId) || run.away.has(serverId)) continue
      isWaiting = true
      if ((busy.get(serverId) ?? 0) >= most) continue
      const leave = logsIn(target, next.phase) ? this.#oneFirst.enter(target, run.proven) : () => undefined
      if (leave === null) continue
      run.underWay.add(place)
      countUp(busy, serverId)
      void this.#guard(id, () => this.#targets.work(id, place, next.phase, run)).finally(() => {
        run.underWay.delete(place)
        leave()
        for (const other of this.#runs.keys()) this.#pump(other)
      })
    }
    if (!isWaiting && run.underWay.size === 0 && !isUnderWay(job)) this.#progress.halt(id, awayWords(job, run))
  }

  /** Whether the next phase may begin: an update needs the sync users' passwords. */
  #isReady(job: StoredJob, run: Run): boolean {
    const { id, kind, about } = job
    const asks = asksOf(job)
    if (asks.length === 0) return true
    // Elsewhere, running synchronizations may go on with their present password.
    const running = about === null ? 0 : stillRunning(job)
    if (running > 0) this.#progress.halt(id, message('jobs.halt.stillRunning', { count: running }))
    else if (!run.secrets.hasAll(asks))
      this.#progress.halt(
        id,
        about === null
          ? message(kind === 'copy' ? 'jobs.halt.askToCreate' : 'jobs.halt.ask')
          : message('jobs.halt.change', { user: about.user }),
      )
    else if (asks.every((account) => run.secrets.isChecked(account))) return true
    else if (!run.isChecking) {
      run.isChecking = true
      void this.#guard(id, () => this.#check(id, asks)).finally(() => {
        run.isChecking = false
        this.#pump(id)
      })
    }
    return false
  }

  async #check(id: JobId, accounts: readonly SyncAccount[]): Promise<void> {
    const isWanted = (): boolean => !this.#closed.signal.aborted && this.#store.get(id).state === 'running'
    const refused = await checkPasswords(accounts, this.#run(id).secrets, this.#options.logIn, isWanted)
    if (refused === null) return
    const { account, why: reason } = refused
    this.#progress.halt(id, message('jobs.halt.logIn', { ...account, reason }))
  }

  #finish(job: StoredJob): void {
    const { job: over, places } = ended(job, this.#options.clock.now())
    this.#progress.note(over, places)
    this.#runs.delete(job.id)
    this.#options.logger.write('info', 'job ended', { job: job.id, kind: job.kind })
    // A reading under way may have brought back what was deleted during it; what was created is not in any list yet.
    const others = job.targets.filter(({ steps }) =>
      steps.some((step) => step.name === 'create' || (step.name === 'delete' && isOver(step))),
    )
    for (const serverId of new Set(others.map((target) => addresseeOf(target).serverId)))
      void this.#guard(job.id, async () => void (await this.#options.reader.refresh(serverId, { isFresh: true })))
  }

  /** An internal error halts this job and no other. */
  async #guard(id: JobId, work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (fault) {
      if (this.#closed.signal.aborted) return
      logFault(this.#options.logger, 'job broke', fault, { job: id })
      this.#progress.halt(id, message('jobs.halt.fault'))
    }
  }
}

/** Whether another job's target is one of these and not finished. */
function takes(target: StoredTarget, those: ReadonlySet<string>): boolean {
  return those.has(refId(target)) && (nextStep(target) !== null || target.steps.some((s) => s.outcome === 'under-way'))
}

/** Whether a step in this phase makes it log in. */
function logsIn({ steps }: StoredTarget, phase: number): boolean {
  return steps.some((step) => step.phase === phase && LOGGING_IN.has(step.name))
}

function countUp(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1)
}

/** How many synchronizations a job deletes. */
function deletions({ targets }: StoredJob): number {
  return targets.filter(({ leftOut, steps }) => leftOut === null && steps.some(({ name }) => name === 'delete')).length
}

function refusal(why: Message): AppError {
  return new AppError('input.invalid', why)
}
