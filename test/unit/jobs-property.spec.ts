import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { JobTarget, WholeJob } from '../../src-contract/jobs.ts'
import type { FaultKind } from '../../src-simulator/index.ts'
import { until } from '../../tools/until.ts'
import { restart, writesOf } from '../support/jobs.ts'
import { NEW, plan, rotationStage, typed, type RotationStage } from '../support/rotation.ts'

const FAULTS: Readonly<Record<string, FaultKind>> = {
  'lost before': { kind: 'reset-before' },
  'lost after': { kind: 'reset-after' },
  refused: { kind: 'answer', status: 400, headers: { 'Content-Type': 'application/json' }, body: '{"message":"Busy"}' },
  broken: { kind: 'answer', status: 500, body: 'Oops' },
  'broken after': { kind: 'answer-after', status: 502, body: 'Bad gateway' },
}

/** Each takes about two seconds. */
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

const sent = (stage: RotationStage): number => writesOf(stage).flat().length

/** What a user does who leads a job on whenever it halts, tries what failed again twice, and then lets it be. */
class Driver {
  readonly #stage: RotationStage
  readonly #id: string
  readonly #restarts: number[]
  #jiraRestart: number | null
  #retries = 2
  /** Requests that the user asked for a second time, as `server key/action`. */
  readonly retried: string[] = []
  /** What was sent after a start, before the user said anything. */
  byItself = 0

  constructor(stage: RotationStage, id: string, restarts: readonly number[], jiraRestart: number | null) {
    this.#stage = stage
    this.#id = id
    this.#restarts = [...restarts].sort((a, b) => a - b)
    this.#jiraRestart = jiraRestart
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

  /** Changes the password once everything has stopped, and not before; what cannot be stopped after all is left. */
  async #goOn({ id, halt, asks, ...job }: WholeJob): Promise<void> {
    const { main, partner } = this.#stage
    const user = partner.logIn.account('backbone')
    if (halt?.key === 'jobs.halt.change') user.password = NEW
    if (halt?.key === 'jobs.halt.stillRunning') {
      if (!(await this.#triesAgain({ ...job, id, halt, asks }))) await main.ask('jobs:end', { id })
    } else await main.ask('jobs:go-on', { id, passwords: user.password === NEW ? typed(this.#stage) : [] })
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
    this.retried.push(...job.targets.flatMap(begun))
    await this.#stage.main.ask('jobs:retry', { id: job.id })
    return true
  }
}

/** The requests of a target that may have been sent. */
const begun = ({ serverId, steps }: JobTarget): string[] =>
  steps.flatMap(({ path, begunAt }) => (begunAt === null ? [] : [`${serverId} ${path}`]))

const count = (names: readonly string[]): Map<string, number> =>
  new Map([...Map.groupBy(names, (name) => name)].map(([name, all]) => [name, all.length]))

it(
  'the new password of a sync user fails at most one log-in, sends nothing twice or by itself, and tells each as what it is',
  { timeout: 300_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(mishaps, async ({ faults, restarts, jiraRestart, ...options }) => {
        const stage = await rotationStage({ syncEveryMs: 10, ...options })
        for (const { server, key, action, fault } of faults) {
          const kind = FAULTS[fault]
          const jira = stage.jiras[server]
          if (kind === undefined) jira?.api.failNextTask('The queue is busy')
          else jira?.faults.add({ path: `/integrations/${key}/${action}`, method: 'PUT', times: 1, fault: kind })
        }
        const { id } = await plan(stage)
        const driver = new Driver(stage, id, restarts, jiraRestart)
        const job = await driver.lead()

        for (const user of ['backbone', 'local']) expect(stage.partner.failedLogIns(user), user).toBeLessThan(2)
        expect(driver.byItself).toBe(0)
        const allowed = count([...job.targets.flatMap(begun), ...driver.retried])
        const seen = count(
          writesOf(stage).flatMap((writes, at) => writes.map((line) => `${stage.serverIds[at]} ${line.slice(4)}`)),
        )
        for (const [request, times] of seen) expect(times, request).toBeLessThanOrEqual(allowed.get(request) ?? 0)
        const isOnNew = stage.partner.logIn.account('backbone').password === NEW
        for (const { serverId, key, leftOut, before, steps } of job.targets) {
          const entry = stage.jiras[stage.serverIds.indexOf(serverId)]?.entry(key)
          const outcomes = steps.map(({ outcome }) => outcome)
          expect(outcomes.filter((outcome) => outcome === 'waiting' || outcome === 'under-way')).toEqual([])
          if (leftOut !== null || !outcomes.every((outcome) => outcome === 'done' || outcome === 'needless')) continue
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
