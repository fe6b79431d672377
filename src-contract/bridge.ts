import type { EventMessage, RequestArgs } from './contract.ts'
import type { RequestChannel } from './channels.ts'

/** What the preload exposes to the page as `window.syncdeck`. Answers are checked by the caller's types only. */
export interface Bridge {
  readonly request: { readonly [C in RequestChannel]: (args: RequestArgs<C>) => Promise<unknown> }
  /** Calls back with every event message; returns a function that unsubscribes. */
  readonly subscribe: (callback: (message: EventMessage) => void) => () => void
}
