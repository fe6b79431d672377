import { message, sentences, sentencesOf, type Message } from '#contract/messages/message.ts'
import type { NewSynchronization } from '#contract/editing.ts'
import type { JobCopy } from '#contract/jobs.ts'
import { isAboutOneObject } from '../backbone/failures.ts'
import { fieldValues } from '../backbone/integration-fields.ts'
import { isLike, nameThem } from '../editing/created.ts'
import type { Created, Lifecycle } from '../editing/lifecycle.ts'
import { AppError } from '../errors/app-error.ts'
import type { AuditTable } from '../storage/audit-table.ts'
import type { StoredTarget } from '../storage/job-table.ts'
import type { SynchronizationReader } from '../synchronizations/synchronization-reader.ts'
import { askedOf, isTaken, type AskedCopy } from './copied.ts'
import { accountOf } from './one-first.ts'
import { ended, NOT_STORED, type StepEnd, type StepMeans } from './step-end.ts'

export interface CopyStepOptions {
  readonly reader: Pick<SynchronizationReader, 'refreshItem'>
  readonly lifecycle: Pick<Lifecycle, 'listBefore' | 'listInTheEnd' | 'createAfter' | 'look'>
  readonly auditTable: Pick<AuditTable, 'createdKeys'>
}

/** Creates the copy of a synchronization, by the rules of a single creation: nothing is sent twice, and nothing of somebody else’s is taken for it. */
export class CopyStep {
  readonly #options: CopyStepOptions

  constructor(options: CopyStepOptions) {
    this.#options = options
  }

  /** Rejects where its server cannot be asked, or refuses; then nothing was created. */
  async run(target: StoredTarget, { begins, passwordOf }: StepMeans): Promise<StepEnd> {
    const { lifecycle } = this.#options
    const { serverId } = copyOf(target)
    const changed = await this.#originalChanged(target)
    if (changed !== null) return changed
    const asked = askedOf(target.changes)
    const input = withPasswords(target, asked, passwordOf)
    if (input === null) return { kind: 'halt', why: message('jobs.halt.passwords') }
    const before = await lifecycle.listBefore(serverId)
    const there = before.items.find((one) => isTaken(one, asked))
    if (there !== undefined) return { kind: 'changed', why: message('jobs.leftOut.exists', { key: there.key }) }
    if (!begins(null)) return NOT_STORED
    let created: Created
    try {
      created = await lifecycle.createAfter(before, serverId, input)
    } catch (error) {
      if (!(error instanceof AppError) || error.data.isOutcomeUnknown !== true) throw error
      return ended('unknown', error.data.message)
    }
    return this.#seen(serverId, created, asked)
  }

  /** What a creation that an earlier session left at the server came to. What the audit trail does not confirm stays unknown. */
  async endOf(target: StoredTarget): Promise<StepEnd> {
    const { serverId } = copyOf(target)
    const asked = askedOf(target.changes)
    const list = await this.#options.lifecycle.listInTheEnd(serverId)
    const like = (list?.items ?? []).filter((one) => isLike(one, asked))
    const confirmed = new Set(this.#options.auditTable.createdKeys(serverId))
    // Right before it was sent there was none of this name between these projects.
    const own = like.filter(({ key }) => confirmed.has(key))
    if (own.length === 1 && own[0] !== undefined)
      return made(own[0].key, message('jobs.told.created.noted', { key: own[0].key }))
    const seen =
      list === null
        ? message('editing.cutOff.notRead')
        : like.length === 0
          ? message('editing.cutOff.noneLike')
          : message('editing.cutOff.like', { names: nameThem(like) })
    return ended('unknown', sentences(message('editing.cutOff.ended'), seen))
  }

  /** How the step ends where the original is not what it was when the job was planned; null where it is. */
  async #originalChanged({ serverId, key, changes }: StoredTarget): Promise<StepEnd | null> {
    try {
      const { integration } = await this.#options.reader.refreshItem({ serverId, key }, { isFresh: true })
      const now = fieldValues(integration)
      if (changes.every(({ field, from }) => (now[field] ?? '') === from)) return null
      return { kind: 'changed', why: message('jobs.leftOut.changedSince') }
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      const { code, message: why } = error.data
      if (code === 'server.unknown' || code === 'synchronization.unknown' || isAboutOneObject(error))
        return { kind: 'changed', why: message('jobs.leftOut.notReadBecause', { reason: why }) }
      return { kind: 'away', why, serverId }
    }
  }

  /** Looks at what was created: whether it is what was asked for. */
  async #seen(serverId: string, { key, note }: Created, asked: AskedCopy): Promise<StepEnd> {
    try {
      const now = await this.#options.lifecycle.look({ serverId, key })
      if (now === null || !isLike(now, asked))
        return { ...made(key, sentencesOf(note, message('jobs.told.created.other', { key }))), outcome: 'failed' }
      return made(key, note ?? message('jobs.told.created.seen', { key }))
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      return made(key, note ?? message('jobs.told.created.notRead', { key }))
    }
  }
}

type Made = Extract<StepEnd, { kind: 'ended' }>

function made(key: string, told: Message | null): Made {
  return { kind: 'ended', outcome: 'done', told, made: key }
}

function copyOf({ copy }: StoredTarget): JobCopy {
  if (copy === null) throw new Error('Only the target of a copy is created')
  return copy
}

/** Null where a password is missing. */
function withPasswords(
  target: StoredTarget,
  asked: AskedCopy,
  passwordOf: StepMeans['passwordOf'],
): NewSynchronization | null {
  const of = (side: 'first' | 'second'): string | undefined => {
    const account = accountOf(target, side)
    return account === null ? undefined : passwordOf(account)
  }
  const [first, second] = [of('first'), of('second')]
  if (first === undefined || second === undefined) return null
  return { ...asked, first: { ...asked.first, password: first }, second: { ...asked.second, password: second } }
}
