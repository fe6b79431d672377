import type { ServerId } from '#contract/ids.ts'
import { addresseeOf } from '#contract/jobs.ts'
import { enumerated, message, type Message } from '#contract/messages/message.ts'
import type { StoredJob } from '../storage/job-table.ts'
import { JobSecrets } from './job-secrets.ts'

/** What is known about a job while it runs; determined anew after a restart. */
export interface Run {
  /** Positions of the targets that are being processed. */
  readonly underWay: Set<number>
  /** Accounts that are known to be accepted. */
  readonly proven: Set<string>
  /** Servers that cannot be asked, with the reason. */
  readonly away: Map<string, Message>
  readonly secrets: JobSecrets
  isChecking: boolean
  failuresInARow: number
}

/** The run of a job about which nothing is known yet. */
export function newRun(): Run {
  return {
    underWay: new Set(),
    proven: new Set(),
    away: new Map(),
    secrets: new JobSecrets(),
    isChecking: false,
    failuresInARow: 0,
  }
}

/** Which servers of a job cannot be asked, and why. */
export function awayWords({ targets }: StoredJob, { away }: Run): Message | null {
  const nameOf = (id: ServerId): string =>
    targets.flatMap((target) => [target, addresseeOf(target)]).find(({ serverId }) => serverId === id)?.serverName ?? ''
  const reasons = [...away].map(([id, reason]) => message('jobs.halt.awayBecause', { server: nameOf(id), reason }))
  return enumerated(reasons)
}
