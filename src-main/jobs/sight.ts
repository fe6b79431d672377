import type { IntegrationStatus } from '../backbone/integration.ts'
import { wait, type Clock } from '../clock.ts'
import { AppError } from '../errors/app-error.ts'
import type { StoredTarget } from '../storage/job-table.ts'
import type { SynchronizationReader } from '../synchronizations/synchronization-reader.ts'
import type { SynchronizationRef } from '#contract/synchronizations.ts'
import { isIntendedState } from '../tasks/states.ts'
import { accountOf, isSameAccount } from './one-first.ts'

/**
 * The observed state of a synchronization that should be running. `right`: it runs and reaches both sides; `offline`:
 * it does not reach one, in the server's words; `stopped`; `unclear`: something else, or nothing stable.
 */
export type Sight =
  | { readonly kind: 'right' }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'unclear' }
  | { readonly kind: 'offline'; readonly words: string }

const MAX_LOOKS = 8

/** How often to look, and until when. */
export interface Patience {
  readonly clock: Clock
  readonly pollMs: number
  readonly signal: AbortSignal
}

/** Whether a side does not reach its Jira. */
export function isOffline(status: IntegrationStatus | null): boolean {
  return [status?.first, status?.second].some((side) => side?.isOnline === false)
}

/**
 * Checks until two readings in a row agree. A side that is offline and says why is believed at once: at any moment
 * another log-in may fail.
 */
export async function seeRunning(
  reader: Pick<SynchronizationReader, 'refreshStatus'>,
  ref: SynchronizationRef,
  { clock, pollMs, signal }: Patience,
): Promise<Sight> {
  let last: Sight = { kind: 'unclear' }
  for (let looks = 1; looks <= MAX_LOOKS; looks += 1) {
    let sight: Sight = { kind: 'unclear' }
    try {
      sight = sightOf((await reader.refreshStatus(ref, { isFresh: true })).status)
    } catch (error) {
      // A server that cannot be asked shows nothing; the next check may be answered.
      if (!(error instanceof AppError)) throw error
    }
    if (sight.kind === 'offline' && sight.words !== '') return sight
    if (sight.kind !== 'unclear' && sight.kind === last.kind) return sight
    last = sight
    if (looks < MAX_LOOKS) await wait(clock, pollMs, signal)
  }
  return { kind: 'unclear' }
}

/**
 * Whether a synchronization has the accounts that a job is to give it, according to the first reading that succeeds.
 */
export async function showsChanges(
  reader: Pick<SynchronizationReader, 'refreshItem'>,
  target: StoredTarget,
  { clock, pollMs, signal }: Patience,
): Promise<boolean> {
  for (let looks = 1; looks <= MAX_LOOKS; looks += 1) {
    try {
      const { integration } = await reader.refreshItem(target, { isFresh: true })
      return (['first', 'second'] as const).every((side) => isSameAccount(accountOf(target, side), integration[side]))
    } catch (error) {
      if (!(error instanceof AppError)) throw error
    }
    if (looks < MAX_LOOKS) await wait(clock, pollMs, signal)
  }
  return false
}

function sightOf(status: IntegrationStatus | null): Sight {
  if (status === null) return { kind: 'unclear' }
  if (isIntendedState('stop', status.word)) return { kind: 'stopped' }
  const words = [status.first, status.second].flatMap((side) =>
    side?.isOnline === false ? [side.incoming.details, side.outgoing.details].filter((text) => text.trim() !== '') : [],
  )
  if (isOffline(status)) return { kind: 'offline', words: [...new Set(words)].join(' ') }
  return isIntendedState('start', status.word) ? { kind: 'right' } : { kind: 'unclear' }
}
