import type { Message } from '#contract/messages/message.ts'
import { wait, type Clock } from '../clock.ts'
import { AppError } from '../errors/app-error.ts'

/** How often to check what happened to a request whose answer was lost. */
export const MAX_READS = 8

export interface Patience {
  readonly clock: Clock
  /** The first pause between two checks, in ms; later ones grow to ten times this. */
  readonly pollMs: number
  readonly signal: AbortSignal
}

/** The outcome of a write whose answer was lost, for a user who has closed its dialog in the meantime. */
export interface LostWrite {
  readonly serverId: string
  /** The name of the server when it was sent; absent if that is still its name. */
  readonly serverName?: string
  /** Null if the write is not about a known synchronization. */
  readonly key: string | null
  readonly isSettled: boolean
  readonly title: Message
  readonly text: Message
}

/** The pause after the `looks`-th look, in ms. */
export function pauseAfterRead(pollMs: number, looks: number): number {
  return Math.min(pollMs * 10, pollMs * 1.3 ** looks)
}

/**
 * Checks repeatedly until something is found, because what a server was still doing when its answer was lost shows only
 * later. A failed check counts as one that found nothing. Null if nothing was found, if no check can succeed without
 * the user, or once cancelled. `onMissed` is called when the first check found nothing: from then on it takes a while,
 * during which anything may happen to Syncdeck.
 */
export async function readRepeatedly<T>(
  { clock, pollMs, signal }: Patience,
  look: () => Promise<T | null>,
  onMissed?: () => void,
): Promise<T | null> {
  for (let looks = 1; !signal.aborted; looks += 1) {
    let isHopeless = looks >= MAX_READS
    try {
      const found = await look()
      if (found !== null) return found
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      isHopeless ||= /^(auth|vault|server)\./.test(error.code)
    }
    if (looks === 1) onMissed?.()
    if (isHopeless) return null
    await wait(clock, pauseAfterRead(pollMs, looks), signal).catch(() => undefined)
  }
  return null
}
