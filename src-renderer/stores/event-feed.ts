import type { EventTopic } from '#contract/channels.ts'
import type { EventMessage, EventPayload } from '#contract/contract.ts'

type Listeners = { [T in EventTopic]?: ((payload: EventPayload<T>) => void)[] }

/**
 * Hands the main process's events to the stores, in order. While a snapshot is being fetched they wait; those that the
 * snapshot already holds are dropped. A missing sequence number means a lost event, and leads to a fresh snapshot.
 */
export class EventFeed {
  readonly #listeners: Listeners = {}
  readonly #loadSnapshot: () => Promise<number>
  #waiting: EventMessage[] | null = []
  #lastSequence = 0

  /** `loadSnapshot` fills the stores and returns the sequence number of the snapshot. */
  constructor(loadSnapshot: () => Promise<number>) {
    this.#loadSnapshot = loadSnapshot
  }

  on<T extends EventTopic>(topic: T, listener: (payload: EventPayload<T>) => void): void {
    const list = (this.#listeners[topic] ??= []) as ((payload: EventPayload<T>) => void)[]
    list.push(listener)
  }

  async start(): Promise<void> {
    window.syncdeck.subscribe((message) => this.#receive(message))
    await this.#reload()
  }

  #receive(message: EventMessage): void {
    if (this.#waiting !== null) {
      this.#waiting.push(message)
      return
    }
    if (message.sequence > this.#lastSequence + 1) {
      this.#waiting = [message]
      void this.#reload()
      return
    }
    this.#deliver(message)
  }

  async #reload(): Promise<void> {
    this.#lastSequence = await this.#loadSnapshot()
    const waiting = this.#waiting ?? []
    this.#waiting = null
    for (const message of waiting) if (message.sequence > this.#lastSequence) this.#deliver(message)
  }

  #deliver(message: EventMessage): void {
    this.#lastSequence = Math.max(this.#lastSequence, message.sequence)
    const listeners = (this.#listeners[message.topic] ?? []) as ((payload: unknown) => void)[]
    for (const listener of listeners) listener(message.payload)
  }
}
