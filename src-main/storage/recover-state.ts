import { dirname } from 'node:path'
import { StateLostError, type LostState } from './lost-state.ts'
import { setAsideState, newestGoodCopy, restoreCopy, type StateCopy } from './state-copies.ts'

export type LostStateAnswer = 'use the copy' | 'start empty' | 'quit'

/** What the user has to decide. `copy` is the newest intact copy, null if none can be used. */
export interface LostStateQuestion {
  readonly found: LostState
  readonly copy: StateCopy | null
  readonly folder: string
}

export interface RecoverOptions<T> {
  /** For `state.db`. */
  readonly path: string
  readonly open: () => T
  /** By then, what `open` threw is known to be about a lost state. */
  readonly ask: (question: LostStateQuestion) => Promise<LostStateAnswer>
  readonly now: () => number
}

/**
 * Opens; if `state.db` turns out to be lost, does what the user says and opens again. No file is changed before that,
 * and none is removed. Resolves with null if the user would rather quit. Rejects with whatever else `open` throws.
 */
export async function openOrRecover<T>({ path, open, ask, now }: RecoverOptions<T>): Promise<T | null> {
  for (;;) {
    try {
      return open()
    } catch (error) {
      if (!(error instanceof StateLostError)) throw error
      const copy = newestGoodCopy(dirname(path))
      const answer = await ask({ found: error.found, copy, folder: dirname(path) })
      if (answer === 'quit') return null
      if (answer === 'start empty') setAsideState(path, now())
      else if (copy !== null) restoreCopy(path, copy, now())
    }
  }
}
