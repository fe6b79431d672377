import { foreign } from '../../src-contract/messages/message.ts'
import type { Clock } from '../../src-main/clock.ts'
import { AppError } from '../../src-main/errors/app-error.ts'
import type { Transport } from '../../src-main/http/transport.ts'
import type { SimulatedClock } from './simulated-clock.ts'

/**
 * One start of Syncdeck: once it is killed, nothing in it happens any more, until it is cleaned up at the end of the
 * test.
 */
export class Life {
  isOver = false
  readonly clock: Clock

  constructor(clock: SimulatedClock) {
    this.clock = {
      now: () => clock.now(),
      elapsed: () => clock.elapsed(),
      after: (milliseconds, run) => {
        if (this.isOver) {
          const timer = setImmediate(run)
          return () => clearImmediate(timer)
        }
        return clock.after(milliseconds, () => (this.isOver ? undefined : run()))
      },
    }
  }

  /** What it sent arrives; no answer comes back. */
  transport(transport: Transport): Transport {
    return {
      send: async (request) => {
        const answer = this.isOver ? new Promise<never>(() => undefined) : transport.send(request)
        return new Promise((resolve, reject) => {
          request.signal?.addEventListener(
            'abort',
            () => this.isOver && reject(new AppError('net.aborted', foreign('It was called off.'))),
            { once: true },
          )
          if (this.isOver && request.signal?.aborted) reject(new AppError('net.aborted', foreign('It was called off.')))
          answer.then(
            (value) => this.isOver || resolve(value),
            (error: unknown) => this.isOver || reject(error as Error),
          )
        })
      },
      close: () => transport.close(),
    }
  }
}
