import { wait, type Clock } from '../clock.ts'

/** How often is looked for what became of a request whose answer was lost. */
export const LOOKS = 8

export interface Patience {
  readonly clock: Clock
  /** The first pause between two looks, in ms; later ones grow to ten times this. */
  readonly pollMs: number
  readonly signal: AbortSignal
}

/** The pause after the `looks`-th look, in ms. */
export function pauseAfterLook(pollMs: number, looks: number): number {
  return Math.min(pollMs * 10, pollMs * 1.3 ** looks)
}

/**
 * Looks until something is found, a number of times: what a server was still doing when its answer was lost shows only later.
 * Null where nothing was found. Rejects when looking does, or with `net.aborted` once it is called off.
 */
export async function lookAgain<T>({ clock, pollMs, signal }: Patience, look: () => Promise<T | null>): Promise<T | null> {
  for (let looks = 1; ; looks += 1) {
    const found = await look()
    if (found !== null || looks >= LOOKS) return found
    await wait(clock, pauseAfterLook(pollMs, looks), signal)
  }
}
