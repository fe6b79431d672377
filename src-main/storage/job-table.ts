import type { DatabaseSync } from 'node:sqlite'
import type { JobId } from '#contract/ids.ts'
import type { Job, JobStep, JobTarget } from '#contract/jobs.ts'
import { inTransaction } from './migrate.ts'
import { withoutSync } from './state-disk.ts'
import { readMessage, storedMessage } from './stored-message.ts'

/** A step as stored. Its number is its position among the steps of its target. */
export type StoredStep = Readonly<JobStep>

export interface StoredTarget extends Omit<JobTarget, 'steps'> {
  readonly steps: readonly StoredStep[]
}

export interface StoredJob extends Omit<Job, 'counts' | 'copyTo'> {
  readonly targets: readonly StoredTarget[]
}

/** The position of a target, or of one of its steps, in its job. */
export interface StepPlace {
  readonly jobId: JobId
  readonly target: number
  readonly step: number
}

interface JobRow extends Omit<StoredJob, 'halt' | 'about' | 'replacement' | 'maintenance' | 'targets'> {
  halt: string
  about: string
  replacement: string
  maintenance: string
}

interface TargetRow extends Omit<StoredTarget, 'before' | 'changes' | 'copy' | 'missing' | 'leftOut' | 'steps'> {
  jobId: JobId
  before: string
  changes: string
  copy: string
  missing: string
  leftOut: string
}

interface StepRow extends Omit<StoredStep, 'result' | 'isOnlyIfRefused'> {
  jobId: JobId
  target: number
  result: string
  isOnlyIfRefused: 0 | 1
}

/** Jobs in `state.db`, with what was done for them. They contain no secret, and stay when a server is removed. */
export class JobTable {
  readonly #database: DatabaseSync

  constructor(database: DatabaseSync) {
    this.#database = database
  }

  /** Oldest first. */
  all(): StoredJob[] {
    const steps = Map.groupBy(
      this.#rows<StepRow>(
        `SELECT job_id AS jobId, target, phase, name, path, is_only_if_refused AS isOnlyIfRefused, outcome, task_id AS taskId, told AS result,
           begun_at AS begunAt, ended_at AS endedAt
         FROM job_step ORDER BY job_id, target, number`,
      ),
      ({ jobId, target }) => `${jobId} ${target}`,
    )
    const targets = Map.groupBy(
      this.#rows<TargetRow>(
        `SELECT job_id AS jobId, server_id AS serverId, server_name AS serverName, integration_key AS key, summary, before, changes, copy, missing,
           left_out AS leftOut, back_at AS backAt
         FROM job_target ORDER BY job_id, place`,
      ),
      ({ jobId }) => jobId,
    )
    return this.#rows<JobRow>(
      `SELECT id, kind, origin_id AS originId, about, replacement, maintenance, state, halt, planned_at AS plannedAt, begun_at AS begunAt, ended_at AS endedAt
       FROM job ORDER BY planned_at, id`,
    ).map((job) => ({
      ...job,
      halt: readMessage(job.halt),
      about: JSON.parse(job.about) as StoredJob['about'],
      replacement: JSON.parse(job.replacement) as StoredJob['replacement'],
      maintenance: JSON.parse(job.maintenance) as StoredJob['maintenance'],
      targets: (targets.get(job.id) ?? []).map(
        ({ jobId, before, changes, copy, missing, leftOut, ...target }, place) => ({
          ...target,
          before: JSON.parse(before) as StoredTarget['before'],
          changes: JSON.parse(changes) as StoredTarget['changes'],
          copy: JSON.parse(copy) as StoredTarget['copy'],
          missing: readMessage(missing),
          leftOut: readMessage(leftOut),
          steps: (steps.get(`${jobId} ${place}`) ?? []).map(({ jobId: _job, target: _target, result, ...step }) => ({
            ...step,
            result: readMessage(result),
            isOnlyIfRefused: step.isOnlyIfRefused === 1,
          })),
        }),
      ),
    }))
  }

  /** A new job, all of it or nothing. */
  add(job: StoredJob): void {
    inTransaction(this.#database, () => {
      this.#putJob(job)
      const addTarget = this.#database.prepare(
        `INSERT INTO job_target (job_id, place, server_id, server_name, integration_key, summary, before, changes, copy, missing, left_out, back_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      for (const [place, target] of job.targets.entries()) {
        const { serverId, serverName, key, summary, before, changes, copy, missing, leftOut, backAt, steps } = target
        addTarget.run(
          job.id,
          place,
          serverId,
          serverName,
          key,
          summary,
          JSON.stringify(before),
          JSON.stringify(changes),
          JSON.stringify(copy),
          storedMessage(missing),
          storedMessage(leftOut),
          backAt,
        )
        for (const [number, step] of steps.entries())
          this.#putStep({ jobId: job.id, target: place, step: number }, step)
      }
    })
  }

  /** State, halt and times of a job, and those of its targets that changed: all of it or nothing. */
  change(job: StoredJob, changed: readonly number[] = []): void {
    withoutSync(this.#database, () => inTransaction(this.#database, () => this.#change(job, changed)))
  }

  #change(job: StoredJob, changed: readonly number[]): void {
    this.#putJob(job)
    for (const place of changed) {
      const target = job.targets[place]
      if (target === undefined) continue
      this.#database
        .prepare(
          'UPDATE job_target SET left_out = ?, copy = ?, missing = ?, back_at = ? WHERE job_id = ? AND place = ?',
        )
        .run(
          storedMessage(target.leftOut),
          JSON.stringify(target.copy),
          storedMessage(target.missing),
          target.backAt,
          job.id,
          place,
        )
      for (const [number, step] of target.steps.entries())
        this.#putStep({ jobId: job.id, target: place, step: number }, step)
    }
  }

  remove(id: JobId): void {
    this.#database.prepare('DELETE FROM job WHERE id = ?').run(id)
  }

  #putJob(job: StoredJob): void {
    const { id, kind, originId, about, replacement, maintenance, state, halt, plannedAt, begunAt, endedAt } = job
    this.#database
      .prepare(
        `INSERT INTO job (id, kind, origin_id, about, replacement, maintenance, state, halt, planned_at, begun_at, ended_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET maintenance = excluded.maintenance, state = excluded.state, halt = excluded.halt,
           begun_at = excluded.begun_at, ended_at = excluded.ended_at`,
      )
      .run(
        id,
        kind,
        originId,
        JSON.stringify(about),
        JSON.stringify(replacement),
        JSON.stringify(maintenance),
        state,
        storedMessage(halt),
        plannedAt,
        begunAt,
        endedAt,
      )
  }

  #putStep({ jobId, target, step }: StepPlace, stored: StoredStep): void {
    const { phase, name, path, isOnlyIfRefused, outcome, taskId, result, begunAt, endedAt } = stored
    this.#database
      .prepare(
        `INSERT OR REPLACE INTO job_step (job_id, target, number, phase, name, path, is_only_if_refused, outcome, task_id, told, begun_at, ended_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        jobId,
        target,
        step,
        phase,
        name,
        path,
        isOnlyIfRefused ? 1 : 0,
        outcome,
        taskId,
        storedMessage(result),
        begunAt,
        endedAt,
      )
  }

  #rows<T>(sql: string): T[] {
    return this.#database.prepare(sql).all() as unknown as T[]
  }
}
