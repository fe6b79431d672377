import type { ServerId } from '#contract/ids.ts'
import type { Message } from '#contract/messages/message.ts'
import { wait, type Clock } from '../clock.ts'
import { AppError } from '../errors/app-error.ts'
import { Checks, pauseAfterCheck } from './checks.ts'

export interface Patience {
  readonly clock: Clock
  /** The first pause between two checks, in ms; later ones grow to ten times this. */
  readonly pollMs: number
  readonly signal: AbortSignal
}

/** The outcome of a write whose answer was lost, for a user who has closed its dialog in the meantime. */
export interface LostWrite {
  readonly serverId: ServerId
  /** The name of the server when it was sent; absent if that is still its name. */
  readonly serverName?: string
  /** Null if the write is not about a known synchronization. */
  readonly key: string | null
  readonly isSettled: boolean
  readonly title: Message
  readonly text: Message
}

/**
 * Checks repeatedly until something is found, for as long as `Checks` allows. Null if nothing was found, if no check
 * can succeed without the user, or once cancelled. `onMissed` is called when the first check has found nothing: from
 * then on it takes a while, and anything may happen to Syncdeck meanwhile.
 */
export async function readRepeatedly<T>(
  { clock, pollMs, signal }: Patience,
  look: () => Promise<T | null>,
  onMissed?: () => void,
): Promise<T | null> {
  const checks = new Checks()
  for (let count = 1; !signal.aborted; count += 1) {
    let isHopeless = false
    try {
      const found = await look()
      if (found !== null) return found
      checks.foundNothing()
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      isHopeless = /^(auth|vault|server)\./.test(error.code)
      // An unavailable server counts as well: unlike a task, which is stored, a dialog cannot wait for ever.
      checks.failed(error)
    }
    if (count === 1 && !signal.aborted) onMissed?.()
    if (isHopeless || checks.areOver) return null
    await wait(clock, pauseAfterCheck(pollMs, count), signal).catch(() => undefined)
  }
  return null
}
