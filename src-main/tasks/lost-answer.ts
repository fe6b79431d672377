import type { Message } from '#contract/messages/message.ts'
import { wait, type Clock } from '../clock.ts'
import { AppError } from '../errors/app-error.ts'

/** How often is looked for what became of a request whose answer was lost. */
export const MAX_READS = 8

export interface Patience {
  readonly clock: Clock
  /** The first pause between two looks, in ms; later ones grow to ten times this. */
  readonly pollMs: number
  readonly signal: AbortSignal
}

/** What became of a write whose answer was lost, for whoever has closed its dialog meanwhile. */
export interface LostWrite {
  readonly serverId: string
  /** What the server was called when it was sent; absent where that is what it is called now. */
  readonly serverName?: string
  /** Null where the write is about no synchronization that is known. */
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
 * Looks until something is found, a number of times: what a server was still doing when its answer was lost shows only later. A look
 * that fails is one in which nothing was found. Null where nothing was, where no look can succeed without the user, or once it is called off.
 * `onMissed` is called when the first look found nothing: from then on it takes a while, in which anything may happen to Syncdeck.
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
