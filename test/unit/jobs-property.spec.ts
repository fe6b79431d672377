import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { JobTarget, SyncPassword, WholeJob } from '../../src-contract/jobs.ts'
import type { FaultKind } from '../../src-simulator/index.ts'
import { until } from '../../tools/until.ts'
import { jiraAnswer } from '../support/jira-answer.ts'
import { restart, writesOf, type JobStage } from '../support/jobs.ts'
import { moving, planAddresses, typedFor } from '../support/moving.ts'
import { NEW, plan, rotationStage, typed } from '../support/rotation.ts'

const FAULTS: Readonly<Record<string, FaultKind>> = {
  'lost before': { kind: 'reset-before' },
  'lost after': { kind: 'reset-after' },
  refused: jiraAnswer({ message: 'Busy' }, 400),
  broken: { kind: 'answer', status: 500, body: 'Oops' },
  'broken after': { kind: 'answer-after', status: 502, body: 'Bad gateway' },
}

/** Each run of the first takes about two seconds. */
const RUNS = 6

const mishaps = fc.record({
  /** What goes wrong with the first request of that kind for a synchronization. */
  faults: fc.uniqueArray(
    fc.record({
      server: fc.integer({ min: 0, max: 1 }),
      key: fc.constantFrom('INT-2', 'INT-3', 'INT-4'),
      action: fc.constantFrom('stop', 'applicationConnection', 'start'),
      fault: fc.constantFrom(...Object.keys(FAULTS), 'task fails'),
    }),
    { maxLength: 4, selector: ({ server, key, action }) => `${server} ${key} ${action}` },
  ),
  /** After so many writes Syncdeck is closed, wherever it is, and started again. */
  restarts: fc.uniqueArray(fc.integer({ min: 1, max: 18 }), { maxLength: 3 }),
  /** After so many writes a Jira is restarted, and forgets its tasks. */
  jiraRestart: fc.option(fc.integer({ min: 1, max: 18 })),
  taskDurationMs: fc.constantFrom(0, 30),
  startsStopped: fc.boolean(),
})

type Mishaps = typeof mishaps extends fc.Arbitrary<infer T> ? T : never

/** Has go wrong what is to. */
function prepare({ jiras }: JobStage, faults: Mishaps['faults']): void {
  for (const { server, key, action, fault } of faults) {
    const kind = FAULTS[fault]
    const jira = jiras[server]
    if (kind === undefined) jira?.api.failNextTask('The queue is busy')
    else jira?.faults.add({ path: `/integrations/${key}/${action}`, method: 'PUT', times: 1, fault: kind })
  }
}

const sent = (stage: JobStage): number => writesOf(stage).flat().length

/** What a user does who leads a job on whenever it halts, tries what failed again twice, and then lets it be. */
class Driver {
  readonly #stage: JobStage
  readonly #id: string
  readonly #passwordsAt: (halt: string) => readonly SyncPassword[]
  readonly #restarts: number[]
  #jiraRestart: number | null
  #retries = 2
  /** Requests that the user asked for a second time, as `server key/action`. */
  readonly retried: string[] = []
  /** What was sent after a start, before the user said anything. */
  byItself = 0

  /** How often the user let the job send something. */
  acts = 0

  /** `passwordsAt`: what the user types at a halt. */
  constructor(
    stage: JobStage,
    id: string,
    { restarts, jiraRestart }: Pick<Mishaps, 'restarts' | 'jiraRestart'>,
    passwordsAt: (halt: string) => readonly SyncPassword[],
  ) {
    this.#stage = stage
    this.#id = id
    this.#restarts = [...restarts].sort((a, b) => a - b)
    this.#jiraRestart = jiraRestart
    this.#passwordsAt = passwordsAt
  }

  async lead(): Promise<WholeJob> {
    const { main } = this.#stage
    await main.ask('jobs:begin', { id: this.#id })
    let job = await this.#job()
    const isOver = async (): Promise<boolean> => {
      await this.#mishap()
      await this.#letIn()
      job = await this.#job()
      if (job.state === 'paused' || job.state === 'interrupted') await this.#goOn(job)
      return job.state === 'ended' && !(await this.#triesAgain(job))
    }
    await until('the job has ended', isOver, 60_000)
    return job
  }

  #job(): Promise<WholeJob> {
    return this.#stage.main.ask('jobs:get', { id: this.#id })
  }

  async #mishap(): Promise<void> {
    const [next = Infinity] = this.#restarts
    if (sent(this.#stage) >= next) {
      this.#restarts.shift()
      await restart(this.#stage)
      const before = sent(this.#stage)
      const isSettled = async (): Promise<boolean> => {
        await this.#letIn()
        return (await this.#job()).counts.underWay === 0
      }
      await until('what was under way is settled', isSettled, 60_000)
      this.byItself += sent(this.#stage) - before
    }
    if (this.#jiraRestart !== null && sent(this.#stage) >= this.#jiraRestart) {
      this.#jiraRestart = null
      await this.#stage.jiras[0]?.restart()
    }
  }

  /** What cannot be stopped after all is left. */
  async #goOn(job: WholeJob): Promise<void> {
    const { main } = this.#stage
    const { id } = job
    const halt = job.halt?.key ?? ''
    const passwords = this.#passwordsAt(halt)
    if (halt === 'jobs.halt.stillRunning') {
      if (!(await this.#triesAgain(job))) await main.ask('jobs:end', { id })
      return
    }
    this.acts += 1
    await main.ask('jobs:go-on', { id, passwords: [...passwords] })
  }

  /** A log-in that was cut off is tried again by the user, when that is allowed. */
  async #letIn(): Promise<void> {
    const { main } = this.#stage
    for (const { id, access } of await main.ask('servers:list', {}))
      if (access.state === 'blocked' && access.nextAttemptAt <= Date.now())
        await main.ask('servers:try-once', { serverId: id }).catch(() => undefined)
  }

  async #triesAgain(job: WholeJob): Promise<boolean> {
    if (job.counts.failed + job.counts.unknown === 0 || this.#retries === 0) return false
    this.#retries -= 1
    this.acts += 1
    this.retried.push(...job.targets.flatMap(begun))
    await this.#stage.main.ask('jobs:retry', { id: job.id })
    return true
  }
}

/** The requests of a target that may have been sent. */
const begun = ({ serverId, steps }: JobTarget): string[] =>
  steps.flatMap(({ path, begunAt }) => (begunAt === null ? [] : [`${serverId} ${path}`]))

/** Nothing was sent by itself, or more often than the user had it sent. */
function expectEachAsked(stage: JobStage, driver: Driver, { targets }: WholeJob): void {
  expect(driver.byItself).toBe(0)
  const allowed = count([...targets.flatMap(begun), ...driver.retried])
  const seen = count(
    writesOf(stage).flatMap((writes, at) => writes.map((line) => `${stage.serverIds[at]} ${line.slice(4)}`)),
  )
  for (const [request, times] of seen) expect(times, request).toBeLessThanOrEqual(allowed.get(request) ?? 0)
}

const isDone = ({ leftOut, steps }: JobTarget): boolean =>
  leftOut === null && steps.every(({ outcome }) => outcome === 'done' || outcome === 'needless')

const count = (names: readonly string[]): Map<string, number> =>
  new Map([...Map.groupBy(names, (name) => name)].map(([name, all]) => [name, all.length]))

it(
  'the new password of a sync user fails at most one log-in, sends nothing twice or by itself, and tells each as what it is',
  { timeout: 300_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(mishaps, async ({ faults, restarts, jiraRestart, ...options }) => {
        const stage = await rotationStage({ syncEveryMs: 10, ...options })
        prepare(stage, faults)
        const { id } = await plan(stage)
        const user = stage.partner.logIn.account('backbone')
        const driver = new Driver(stage, id, { restarts, jiraRestart }, (halt) => {
          // Once everything has stopped, and not before.
          if (halt === 'jobs.halt.change') user.password = NEW
          return user.password === NEW ? typed(stage) : []
        })
        const job = await driver.lead()

        for (const user of ['backbone', 'local']) expect(stage.partner.failedLogIns(user), user).toBeLessThan(2)
        expectEachAsked(stage, driver, job)
        const isOnNew = stage.partner.logIn.account('backbone').password === NEW
        for (const target of job.targets) {
          const { serverId, key, before, steps } = target
          const entry = stage.jiras[stage.serverIds.indexOf(serverId)]?.entry(key)
          const outcomes = steps.map(({ outcome }) => outcome)
          expect(outcomes.filter((outcome) => outcome === 'waiting' || outcome === 'under-way')).toEqual([])
          if (!isDone(target)) continue
          expect([isOnNew, entry?.status.status], `${key} is told as done`).toEqual([true, before.state])
          expect([...(entry?.syncPasswords.values() ?? [])], key).toContain(NEW)
        }
        await stage.main.close()
        for (const jira of [...stage.jiras, stage.partner]) await jira.stop()
      }),
      { numRuns: RUNS, seed: 17, endOnFailure: true },
    )
  },
)

it(
  'new base URLs fail at most one log-in for each act of the user, send nothing twice or by itself, and are told as what they are',
  { timeout: 300_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(mishaps, fc.boolean(), async ({ faults, restarts, jiraRestart, ...options }, isRight) => {
        const stage = await moving(options)
        prepare(stage, faults)
        const { id } = await planAddresses(stage, stage.from, stage.to)
        const passwords = typedFor(stage, isRight ? 'backbone' : 'wrong')
        const driver = new Driver(stage, id, { restarts, jiraRestart }, () => passwords)
        const job = await driver.lead()

        expect(stage.failed()).toBeLessThanOrEqual(isRight ? 0 : driver.acts)
        expectEachAsked(stage, driver, job)
        for (const { serverId, key } of job.targets.filter(isDone)) {
          const { firstConnector, secondConnector } =
            stage.jiras[stage.serverIds.indexOf(serverId)]?.entry(key).integration ?? {}
          for (const side of [firstConnector, secondConnector])
            if (side !== undefined) expect(side.connection.application.baseUrl, key).toBe(stage.to)
        }
        await stage.main.close()
        for (const jira of [...stage.jiras, ...stage.partners]) await jira.stop()
      }),
      { numRuns: RUNS, seed: 17, endOnFailure: true },
    )
  },
)
