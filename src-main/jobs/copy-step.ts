import { message, sentences, sentencesOf } from '#contract/messages/message.ts'
import type { NewSynchronization } from '#contract/editing.ts'
import type { JobCopy } from '#contract/jobs.ts'
import { FailureRow } from '../backbone/failures.ts'
import { draftValues } from '#contract/draft-values.ts'
import type { ServerId } from '#contract/ids.ts'
import { isLike, nameThem } from '../editing/created.ts'
import type { Keeper, Kept } from '../editing/keeper.ts'
import type { Created, Lifecycle } from '../editing/lifecycle.ts'
import { AppError } from '../errors/app-error.ts'
import { PerServer } from '../servers/per-server.ts'
import type { AuditTable } from '../storage/audit-table.ts'
import type { StoredTarget } from '../storage/job-table.ts'
import { askedOf, placeOf, type AskedCopy } from './copied.ts'
import { accountOf } from './one-first.ts'
import { ended, NOT_STORED, type StepEnd, type StepEnded, type StepMeans } from './step-end.ts'

export interface CopyStepOptions {
  readonly keeper: Pick<Keeper, 'keep'>
  readonly lifecycle: Pick<Lifecycle, 'listBefore' | 'listInTheEnd' | 'createAfter' | 'look'>
  readonly auditTable: Pick<AuditTable, 'createdKeys'>
}

/**
 * Creates the copy of a synchronization by the same rules as a single creation: nothing is sent twice, and nobody
 * else's creation is mistaken for it.
 */
export class CopyStep {
  readonly #options: CopyStepOptions
  /** For the servers of the originals. */
  readonly #failures = new PerServer(() => new FailureRow())

  constructor(options: CopyStepOptions) {
    this.#options = options
  }

  /** Rejects if its server cannot be asked, or refuses; then nothing was created. */
  async run(target: StoredTarget, { begins, passwordOf }: StepMeans): Promise<StepEnd> {
    const { lifecycle } = this.#options
    const { serverId } = copyOf(target)
    const asked = askedOf(target.changes)
    const input = withPasswords(target, asked, passwordOf)
    if (input === null) return { kind: 'halt', why: message('jobs.halt.passwords') }
    const original = await this.#keepOriginal(target)
    if ('kind' in original) return original
    const { missing } = original
    const before = await lifecycle.listBefore(serverId)
    const place = placeOf(asked)
    const there = before.items.find((one) => placeOf(one) === place)
    if (there !== undefined) return { kind: 'changed', why: message('jobs.leftOut.exists', { key: there.key }) }
    if (!begins(null)) return NOT_STORED
    let created: Created
    try {
      created = await lifecycle.createAfter(before, serverId, input)
    } catch (error) {
      if (!(error instanceof AppError) || error.data.isOutcomeUnknown !== true) throw error
      return ended('unknown', error.data.message, { missing })
    }
    return { ...(await this.#seen(serverId, created, asked)), missing }
  }

  /**
   * Determines the outcome of a creation that an earlier session left unanswered. What the audit trail does not confirm
   * stays unknown.
   */
  async endOf(target: StoredTarget): Promise<StepEnd> {
    const { serverId } = copyOf(target)
    const asked = askedOf(target.changes)
    const list = await this.#options.lifecycle.listInTheEnd(serverId)
    const like = (list?.items ?? []).filter((one) => isLike(one, asked))
    const confirmed = new Set(this.#options.auditTable.createdKeys(serverId))
    // Right before it was sent there was none of this name between these projects.
    const own = like.filter(({ key }) => confirmed.has(key))
    if (own.length === 1 && own[0] !== undefined) {
      const { key } = own[0]
      return ended('done', message('jobs.told.created.noted', { key }), { made: key })
    }
    const seen =
      list === null
        ? message('editing.cutOff.notRead')
        : like.length === 0
          ? message('editing.cutOff.noneLike')
          : message('editing.cutOff.like', { names: nameThem(like) })
    return ended('unknown', sentences(message('editing.cutOff.ended'), seen))
  }

  /**
   * Keeps a copy of the original; or returns how the step ends if the original has changed since the job was planned.
   */
  async #keepOriginal({ serverId, key, changes }: StoredTarget): Promise<StepEnd | Pick<Kept, 'missing'>> {
    const row = this.#failures.get(serverId)
    try {
      const { integration, missing } = await this.#options.keeper.keep({ serverId, key }, 'copy')
      row.answered()
      const now = integration === null ? {} : draftValues(integration)
      if (changes.every(({ field, from }) => (now[field] ?? '') === from)) return { missing }
      return { kind: 'changed', why: message('jobs.leftOut.changedSince') }
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      const { code, message: why } = error.data
      if (code === 'server.unknown' || code === 'synchronization.unknown' || row.isOfOne(error))
        return { kind: 'changed', why: message('jobs.leftOut.notReadBecause', { reason: why }) }
      return { kind: 'away', why, serverId }
    }
  }

  /** Checks whether what was created is what was requested. */
  async #seen(serverId: ServerId, { key, note }: Created, asked: AskedCopy): Promise<StepEnded> {
    try {
      const now = await this.#options.lifecycle.look({ serverId, key })
      if (now === null || !isLike(now, asked))
        return ended('failed', sentencesOf(note, message('jobs.told.created.other', { key })), { made: key })
      return ended('done', note ?? message('jobs.told.created.seen', { key }), { made: key })
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      return ended('done', note ?? message('jobs.told.created.notRead', { key }), { made: key })
    }
  }
}

function copyOf({ copy }: StoredTarget): JobCopy {
  if (copy === null) throw new Error('Only the target of a copy is created')
  return copy
}

/** Null if a password is missing. */
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
