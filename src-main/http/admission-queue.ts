import type { AppError } from '../errors/app-error.ts'
import { calledOff } from '../errors/called-off.ts'

interface Waiting<T> {
  readonly about: string
  readonly admit: (value: T) => void
  readonly refuse: (error: AppError) => void
  readonly signal: AbortSignal | undefined
  readonly onAbort: () => void
}

/** Requests waiting for a `T`, first come, first served. A cancelled one leaves the queue. */
export class AdmissionQueue<T> {
  readonly #waiting: Waiting<T>[] = []

  get isEmpty(): boolean {
    return this.#waiting.length === 0
  }

  /**
   * `about`: what it waits for. Rejects with `net.aborted` if aborted, and with the error given to `refuseAll` or
   * `refuseOf`.
   */
  wait(signal?: AbortSignal, about = ''): Promise<T> {
    return new Promise((admit, refuse) => {
      const waiting: Waiting<T> = {
        about,
        admit,
        refuse,
        signal,
        onAbort: () => {
          this.#waiting.splice(this.#waiting.indexOf(waiting), 1)
          refuse(calledOff())
        },
      }
      signal?.addEventListener('abort', waiting.onAbort, { once: true })
      this.#waiting.push(waiting)
    })
  }

  /** Whether anyone waits for something that `isMeant` accepts. */
  has(isMeant: (about: string) => boolean): boolean {
    return this.#waiting.some(({ about }) => isMeant(about))
  }

  /** Admits the first in the queue, or the first of those who are meant, if any, with a new value. */
  admitOne(make: (about: string) => T, isMeant: (about: string) => boolean = () => true): void {
    const at = this.#waiting.findIndex(({ about }) => isMeant(about))
    const next = at < 0 ? null : this.#take(at)
    next?.admit(make(next.about))
  }

  refuseAll(error: AppError): void {
    while (!this.isEmpty) this.#take(0)?.refuse(error)
  }

  /** Refuses only those that wait for this. */
  refuseOf(about: string, error: AppError): void {
    const meant = this.#waiting.filter((waiting) => waiting.about === about)
    for (const waiting of meant) {
      this.#waiting.splice(this.#waiting.indexOf(waiting), 1)
      waiting.signal?.removeEventListener('abort', waiting.onAbort)
      waiting.refuse(error)
    }
  }

  #take(at: number): Waiting<T> | null {
    const [next = null] = this.#waiting.splice(at, 1)
    next?.signal?.removeEventListener('abort', next.onAbort)
    return next
  }
}
