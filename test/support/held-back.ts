import {
  createTransport,
  type HttpRequest,
  type Transport,
  type TransportOptions,
} from '../../src-main/http/transport.ts'

/** A transport that keeps one request, or its answer, until it is let go. */
export interface HeldBack {
  readonly createTransport: (options: TransportOptions) => Transport
  /** The next request that is meant is kept. */
  readonly hold: () => void
  readonly isHeld: () => boolean
  readonly letGo: () => void
}

/** `what` is kept: the request before it leaves, or the answer once it is there. */
export function heldBack(what: 'request' | 'answer', isMeant: (request: HttpRequest) => boolean): HeldBack {
  const { promise, resolve } = Promise.withResolvers<undefined>()
  let state: 'through' | 'awaited' | 'held' = 'through'
  const pass = async (request: HttpRequest): Promise<void> => {
    if (state !== 'awaited' || !isMeant(request)) return
    state = 'held'
    await promise
  }
  return {
    createTransport: (options) => {
      const transport = createTransport(options)
      return {
        close: () => transport.close(),
        send: async (request) => {
          if (what === 'request') await pass(request)
          const answer = await transport.send(request)
          if (what === 'answer') await pass(request)
          return answer
        },
      }
    },
    hold: () => {
      state = 'awaited'
    },
    isHeld: () => state === 'held',
    letGo: () => resolve(undefined),
  }
}
