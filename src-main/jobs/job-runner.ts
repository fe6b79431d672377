import type { SyncAccount, SyncPassword } from '#contract/jobs.ts'
import { enumerated, foreign, message, type Message } from '#contract/messages/message.ts'
import { refId } from '#contract/synchronizations.ts'
import type { Task } from '#contract/tasks.ts'
import type { Clock } from '../clock.ts'
import { AppError } from '../errors/app-error.ts'
import { logFault } from '../logging/fault.ts'
import type { Logger } from '../logging/logger.ts'
import type { SettingsStore } from '../settings/settings-store.ts'
import type { StoredJob, StoredStep, StoredTarget } from '../storage/job-table.ts'
import type { TaskTable } from '../storage/task-table.ts'
import type { SynchronizationReader } from '../synchronizations/synchronization-reader.ts'
import { ended, left, retried } from './job-ends.ts'
import {
  asksOf,
  isOpen,
  isOver,
  isStuck,
  isUnderWay,
  nextPhase,
  nextStep,
  stillRunning,
  withStep,
  withTarget,
} from './job-state.ts'
import { JobSecrets } from './job-secrets.ts'
import type { JobStore } from './job-store.ts'
import { accountKey, accountsOf, OneFirst } from './one-first.ts'
import { seeRunning } from './sight.ts'
import type { StepEnd, StepRunner } from './step-runner.ts'
import type { SyncUserLogIn } from './sync-user-log-in.ts'

/** After so many targets in a row that failed, the next would fail as well. */
const MAX_FAILURES = 3

export interface JobRunnerOptions {
  readonly store: JobStore
  readonly steps: StepRunner
  readonly reader: Pick<SynchronizationReader, 'refreshStatus'>
  readonly logIn: Pick<SyncUserLogIn, 'check'>
  readonly taskTable: Pick<TaskTable, 'find'>
  readonly settings: Pick<SettingsStore, 'get'>
  readonly logger: Logger
  readonly clock: Clock
  /** Between two looks at a synchronization that was started. */
  readonly pollMs: number
}

/** What is known of a job while it runs, and is found out anew after a restart. */
interface Run {
  /** Places of the targets that are being worked at. */
  readonly underWay: Set<number>
  /** The accounts that were seen to be accepted. */
  readonly proven: Set<string>
  /** Servers that cannot be asked, with the reason. */
  readonly away: Map<string, Message>
  readonly secrets: JobSecrets
  isChecking: boolean
  failuresInARow: number
}

/**
 * Runs jobs: target after target, within each server's limit, one first for each sync user. Nothing is sent before it is stored what is about
 * to be sent, and the next step of a target begins when the outcome of the one before is stored. A job stands still at the first log-in that
 * is refused, and after a restart; only the user leads on.
 */
export class JobRunner {
  readonly #options: JobRunnerOptions
  readonly #store: JobStore
  readonly #runs = new Map<string, Run>()
  readonly #oneFirst = new OneFirst()
  readonly #closed = new AbortController()

  constructor(options: JobRunnerOptions) {
    this.#options = options
    this.#store = options.store
  }

  /** To be called before tasks go on. What ran is interrupted: its steps that are at a server are followed, and nothing else begins. */
  resume(): void {
    for (const job of this.#store.all().filter(isOpen)) {
      if (job.state === 'running') this.#note({ ...job, state: 'interrupted', halt: message('jobs.halt.interrupted') })
      for (const [place, { steps }] of job.targets.entries())
        for (const [number, step] of steps.entries())
          if (step.outcome === 'under-way') void this.#guard(job.id, () => this.#follow(job.id, place, number, step))
    }
  }

  /** Throws `input.invalid` where it was begun before, nothing takes part, or another job is at one of its targets. */
  begin(id: string): void {
    const job = this.#store.get(id)
    if (job.state !== 'planned') throw refusal(message('jobs.errors.begun'))
    if (nextPhase(job) === null) throw refusal(message('jobs.errors.nothingToDo'))
    this.#go({ ...job, begunAt: this.#options.clock.now() })
  }

  /** Throws `input.invalid` also where the job has asked for a password, and it is missing. */
  goOn(id: string, passwords: readonly SyncPassword[] = []): void {
    const job = this.#store.get(id)
    if (job.state !== 'paused' && job.state !== 'interrupted') throw refusal(message('jobs.errors.notHalted'))
    const { secrets } = this.#run(id)
    for (const { password, ...account } of passwords) secrets.give(account, password)
    // Elsewhere the job says by itself what is to be done before.
    if (job.halt?.key === 'jobs.halt.change' && !secrets.hasAll(asksOf(job)))
      throw refusal(message('jobs.errors.passwordsMissing'))
    this.#go(job)
  }

  pause(id: string): void {
    const job = this.#store.get(id)
    if (job.state === 'running') this.#store.change({ ...job, state: 'paused', halt: null })
  }

  /** Leaves what has not begun; ends when what is under way is through. */
  end(id: string): void {
    const job = this.#store.get(id)
    if (!isOpen(job)) throw refusal(message('jobs.errors.notHalted'))
    const { job: rest, places } = left(job, this.#run(id).underWay)
    this.#store.change({ ...rest, state: 'running', halt: null }, places)
    this.#pump(id)
  }

  /** Tries again what failed, and what is unknown. */
  retry(id: string): void {
    const job = this.#store.get(id)
    if (job.state === 'planned' || job.state === 'running') throw refusal(message('jobs.errors.stillRunning'))
    const { job: again, places } = retried(job)
    if (places.length === 0) throw refusal(message('jobs.errors.nothingFailed'))
    this.#go({ ...again, endedAt: null }, places)
  }

  /** Stops. What runs at servers is followed after the next start. */
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

  #run(id: string): Run {
    const known = this.#runs.get(id)
    if (known !== undefined) return known
    const run: Run = {
      underWay: new Set(),
      proven: new Set(),
      away: new Map(),
      secrets: new JobSecrets(),
      isChecking: false,
      failuresInARow: 0,
    }
    this.#runs.set(id, run)
    return run
  }

  /** Begins whatever may begin now. */
  #pump(id: string): void {
    const job = this.#store.get(id)
    if (this.#closed.signal.aborted || job.state !== 'running') return
    const run = this.#run(id)
    const next = nextPhase(job)
    if (next === null) {
      if (!isUnderWay(job) && run.underWay.size === 0) this.#finish(job)
      return
    }
    if (!this.#isReady(job, run)) return
    let isWaiting = false
    for (const place of next.places) {
      const target = job.targets[place]
      if (target === undefined || run.underWay.has(place) || nextStep(target)?.outcome !== 'waiting') continue
      if (run.away.has(target.serverId)) continue
      isWaiting = true
      if (this.#isFull(job, target.serverId)) continue
      const leave = logsIn(target, next.phase) ? this.#oneFirst.enter(target, run.proven) : () => undefined
      if (leave === null) continue
      run.underWay.add(place)
      void this.#guard(id, () => this.#work(id, place, next.phase)).finally(() => {
        run.underWay.delete(place)
        leave()
        for (const other of this.#runs.keys()) this.#pump(other)
      })
    }
    if (!isWaiting && run.underWay.size === 0 && !isUnderWay(job)) this.#halt(id, awayWords(job, run))
  }

  /** Whether nothing stands before the next phase: what the new password of a sync user needs. */
  #isReady(job: StoredJob, run: Run): boolean {
    const { id, about } = job
    const asks = asksOf(job)
    if (asks.length === 0) return true
    const running = stillRunning(job)
    if (running > 0) this.#halt(id, message('jobs.halt.stillRunning', { count: running }))
    else if (!run.secrets.hasAll(asks)) this.#halt(id, message('jobs.halt.change', { user: about?.user ?? '' }))
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

  /** Tries each password by one log-in, one after the other; the first that is refused halts the job. */
  async #check(id: string, accounts: readonly SyncAccount[]): Promise<void> {
    const { secrets } = this.#run(id)
    for (const account of accounts) {
      const secret = secrets.of(account)
      if (this.#closed.signal.aborted || this.#store.get(id).state !== 'running' || secret === undefined) return
      if (secrets.isChecked(account)) continue
      const end = await this.#options.logIn.check(account, secret)
      if (end.kind === 'refused') {
        secrets.forget(account)
        this.#halt(id, message('jobs.halt.logIn', { ...account, reason: end.why }))
        return
      }
      secrets.check(account)
    }
  }

  #isFull({ id, targets }: StoredJob, serverId: string): boolean {
    const busy = [...this.#run(id).underWay].filter((place) => targets[place]?.serverId === serverId)
    return busy.length >= this.#options.settings.get().requestsPerServer
  }

  /** Leads a target through its steps of a phase. */
  async #work(id: string, place: number, phase: number): Promise<void> {
    for (;;) {
      const target = this.#target(id, place)
      const step = nextStep(target)
      if (step === null || step.phase !== phase || step.outcome !== 'waiting') break
      const number = target.steps.indexOf(step)
      const isNeeded = !step.isOnlyIfRefused || (await this.#isRefused(id, place, number))
      if (this.#closed.signal.aborted) return
      if (!isNeeded) this.#set(id, place, number, { outcome: 'needless' })
      else if (!(await this.#carryOut(id, place, number))) return
    }
    const run = this.#run(id)
    run.failuresInARow = isStuck(this.#target(id, place)) ? run.failuresInARow + 1 : 0
    if (run.failuresInARow >= MAX_FAILURES) this.#halt(id, message('jobs.halt.failures', { count: MAX_FAILURES }))
  }

  /** False where the step waits. */
  async #carryOut(id: string, place: number, number: number): Promise<boolean> {
    const target = this.#target(id, place)
    const { name, phase } = mustBeThere(target.steps[number])
    const hasBegun = target.steps.some((step) => step.phase === phase && step.begunAt !== null)
    let isCalledOff = false
    const { secrets } = this.#run(id)
    const begins = (taskId: string): boolean => {
      // Paused or ended by the user while it was read.
      const { state, targets } = this.#store.get(id)
      const isWanted = targets[place]?.steps[number]?.outcome === 'waiting' && (hasBegun || state === 'running')
      isCalledOff = !isWanted || this.#closed.signal.aborted
      if (isCalledOff) return false
      return this.#set(id, place, number, { outcome: 'under-way', taskId, begunAt: this.#options.clock.now() })
    }
    const means = { begins, passwordOf: (account: SyncAccount) => secrets.of(account) }
    const end = await this.#options.steps.run(name, target, id, means)
    return !isCalledOff && this.#settle(id, place, number, end)
  }

  /** False where the step waits. */
  #settle(id: string, place: number, number: number, end: StepEnd): boolean {
    if (this.#closed.signal.aborted) return false
    if (end.kind === 'ended' && end.outcome !== 'waiting') {
      const endedAt = this.#options.clock.now()
      const { key, serverName, steps } = this.#target(id, place)
      const isStored = this.#set(id, place, number, { outcome: end.outcome, told: end.told, endedAt })
      // A server that tries a new connection first refuses it so.
      const isRefused = end.outcome === 'failed' && steps[number]?.name === 'update' && steps[number].begunAt !== null
      if (isRefused) this.#halt(id, message('jobs.halt.update', { key, server: serverName }))
      return isStored
    }
    if (end.kind === 'changed') {
      this.#note(
        withTarget(this.#store.get(id), place, (target) => ({ ...target, leftOut: end.why })),
        [place],
      )
      return false
    }
    const why = end.kind === 'ended' ? end.told : end.why
    this.#set(id, place, number, { outcome: 'waiting', told: why, taskId: null, begunAt: null })
    if (end.kind === 'away') this.#run(id).away.set(this.#target(id, place).serverId, end.why)
    else this.#halt(id, why)
    return false
  }

  /**
   * Looks at a synchronization that was started, or may have been. Where it does not reach a side, and did before, its log-in counts as
   * refused: the job stands still, and it is stopped before it tries again.
   */
  async #isRefused(id: string, place: number, number: number): Promise<boolean> {
    const { reader, clock, pollMs } = this.#options
    const target = this.#target(id, place)
    const begun = mustBeThere(target.steps[number - 1])
    // It ran already, and was looked at a moment ago.
    if (begun.outcome === 'needless' && target.steps[number - 2]?.outcome === 'needless') return false
    const sight = await seeRunning(reader, target, { clock, pollMs, signal: this.#closed.signal })
    const set = (change: Partial<StoredStep>): void => void this.#set(id, place, number - 1, change)
    switch (sight.kind) {
      case 'right':
        for (const account of accountsOf(target)) this.#run(id).proven.add(accountKey(account))
        if (!isOver(begun)) set({ outcome: 'done', told: message(`jobs.told.settled.${begun.name}`) })
        return false
      case 'stopped':
        if (isOver(begun) && begun.name === 'start') set({ outcome: 'failed', told: message('jobs.told.stoppedAgain') })
        return false
      case 'untold':
        if (isOver(begun)) set({ told: message('jobs.told.notSeen') })
        return false
      case 'offline': {
        if (target.before.isOffline && !target.steps.some(({ name }) => name === 'update')) {
          if (isOver(begun)) set({ told: message('jobs.told.offlineAsBefore') })
          return false
        }
        const told = message('jobs.told.offline', { words: foreign(sight.words) })
        set({ outcome: 'failed', told })
        this.#halt(id, message('jobs.halt.refused', { key: target.key, server: target.serverName }))
        return true
      }
    }
  }

  /** A step that an earlier session left at a server. */
  async #follow(id: string, place: number, number: number, { taskId }: StoredStep): Promise<void> {
    const { taskTable, steps } = this.#options
    const task = taskId === null ? null : taskTable.find(taskId)
    // Its task is stored before it is sent.
    if (task === null) {
      this.#set(id, place, number, { outcome: 'waiting', taskId: null, begunAt: null })
      return
    }
    const over: Task = task.state === 'ended' ? { ...task, waiting: null } : await steps.followed(task.id)
    const end = await this.#settled(id, place, number, await steps.endOf(over))
    const isWaiting = end.kind === 'ended' && end.outcome === 'waiting'
    this.#set(id, place, number, {
      outcome: end.kind === 'ended' ? end.outcome : 'unknown',
      told: end.kind === 'ended' ? end.told : end.why,
      ...(isWaiting ? { taskId: null, begunAt: null } : { endedAt: this.#options.clock.now() }),
    })
    this.#pump(id)
  }

  /** A new connection that nobody told of is taken where what was stopped for it runs and reaches both sides: the old password no longer does. */
  async #settled(id: string, place: number, number: number, end: StepEnd): Promise<StepEnd> {
    const { reader, clock, pollMs } = this.#options
    const target = this.#target(id, place)
    const isUnknown = end.kind === 'ended' && end.outcome === 'unknown'
    if (!isUnknown || target.steps[number]?.name !== 'update') return end
    const sight = await seeRunning(reader, target, { clock, pollMs, signal: this.#closed.signal })
    return sight.kind === 'right' ? { kind: 'ended', outcome: 'done', told: message('jobs.told.settled.update') } : end
  }

  #finish(job: StoredJob): void {
    const { job: over, places } = ended(job, this.#options.clock.now())
    this.#note(over, places)
    this.#runs.delete(job.id)
    this.#options.logger.write('info', 'job ended', { job: job.id, kind: job.kind })
  }

  #halt(id: string, why: Message | null): void {
    const job = this.#store.get(id)
    if (job.state === 'running') this.#note({ ...job, state: 'paused', halt: why })
  }

  #target(id: string, place: number): StoredTarget {
    return mustBeThere(this.#store.get(id).targets[place])
  }

  /** False where it could not be stored; then the job stands still. */
  #set(id: string, place: number, number: number, change: Partial<StoredStep>): boolean {
    return this.#note(withStep(this.#store.get(id), place, number, change), [place])
  }

  #note(job: StoredJob, places: readonly number[] = []): boolean {
    const isStored = this.#store.note(job, places)
    if (!isStored && job.state === 'running') {
      this.#store.note({ ...job, state: 'paused', halt: message('jobs.halt.notStored') }, places)
    }
    return isStored
  }

  /** A fault of our own halts a job, and no other. */
  async #guard(id: string, work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (fault) {
      if (this.#closed.signal.aborted) return
      logFault(this.#options.logger, 'job broke', fault, { job: id })
      this.#halt(id, message('jobs.halt.fault'))
    }
  }
}

/** Whether a target of another job is one of these, and not at its end. */
function takes(target: StoredTarget, those: ReadonlySet<string>): boolean {
  return those.has(refId(target)) && (nextStep(target) !== null || target.steps.some((s) => s.outcome === 'under-way'))
}

/** Whether a step of this phase makes it log in. */
function logsIn({ steps }: StoredTarget, phase: number): boolean {
  return steps.some((step) => step.phase === phase && step.name !== 'stop')
}

function awayWords({ targets }: StoredJob, { away }: Run): Message | null {
  const nameOf = (id: string): string => targets.find(({ serverId }) => serverId === id)?.serverName ?? ''
  const reasons = [...away].map(([id, reason]) => message('jobs.halt.awayBecause', { server: nameOf(id), reason }))
  return enumerated(reasons)
}

function refusal(why: Message): AppError {
  return new AppError('input.invalid', why)
}

function mustBeThere<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('There is no such step')
  return value
}
