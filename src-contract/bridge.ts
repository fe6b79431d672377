import type { RequestArgs } from './contract.ts'
import type { RequestChannel } from './channels.ts'

/**
 * What the preload exposes to the page as `window.syncdeck`. Answers and events are unknown until the page has checked
 * them.
 */
export interface Bridge {
  readonly request: { readonly [C in RequestChannel]: (args: RequestArgs<C>) => Promise<unknown> }
  /** Calls back with every event message; returns a function that unsubscribes. */
  readonly subscribe: (callback: (message: unknown) => void) => () => void
}
