import * as v from 'valibot'
import { eventTopics, type EventTopic } from '#contract/channels.ts'
import { events, type EventPayload } from '#contract/contract.ts'
import { checked } from './checked.ts'

/** An event whose payload is not checked before it is delivered. */
const messageSchema = v.object({ topic: v.picklist(eventTopics), sequence: v.number(), payload: v.unknown() })
type ReceivedMessage = v.InferOutput<typeof messageSchema>

type Listeners = { [T in EventTopic]?: ((payload: EventPayload<T>) => void)[] }

const FIRST_RETRY_MS = 500
const MAX_RETRY_MS = 15_000
const REPAIR_AFTER_MS = 15_000

export interface EventFeedOptions {
  /** Fills the stores and returns the sequence number of the snapshot. */
  readonly loadSnapshot: () => Promise<number>
  /** Why the window is out of date; null as soon as it no longer is. */
  readonly onTrouble: (failure: unknown) => void
  /** A listener threw, or an event broke the contract. Later events are still delivered. */
  readonly onFault: (fault: unknown) => void
}

/**
 * Hands the main process's events to the stores, in order. While a snapshot is being fetched they wait; those that the
 * snapshot already holds are dropped. A missing sequence number means a lost event, and leads to a fresh snapshot. So
 * does an event that breaks the contract, after a while, because the next one may be no better. A snapshot that fails
 * is requested again, less and less often; meanwhile the window keeps its content and says that it is out of date.
 */
export class EventFeed {
  readonly #listeners: Listeners = {}
  readonly #options: EventFeedOptions
  #waiting: ReceivedMessage[] | null = []
  #lastSequence = 0
  #isRepairPlanned = false

  constructor(options: EventFeedOptions) {
    this.#options = options
  }

  on<T extends EventTopic>(topic: T, listener: (payload: EventPayload<T>) => void): void {
    const list = (this.#listeners[topic] ??= []) as ((payload: EventPayload<T>) => void)[]
    list.push(listener)
  }

  /** Resolves when the first snapshot has arrived, however many attempts that takes. */
  async start(): Promise<void> {
    window.syncdeck.subscribe((message) => this.#receive(message))
    await this.#reload()
  }

  #receive(received: unknown): void {
    const message = this.#checked('event', messageSchema, received)
    if (message === null) return
    if (this.#waiting !== null) {
      this.#waiting.push(message)
      return
    }
    if (message.sequence > this.#lastSequence + 1) {
      void this.#reload()
      return
    }
    this.#deliver(message)
  }

  async #reload(): Promise<void> {
    const { loadSnapshot, onTrouble } = this.#options
    for (let retryMs = FIRST_RETRY_MS; ; retryMs = Math.min(MAX_RETRY_MS, retryMs * 2)) {
      // A snapshot contains everything sent before it was requested: only what comes from now on has to wait.
      this.#waiting = []
      try {
        this.#lastSequence = await loadSnapshot()
        break
      } catch (failure) {
        onTrouble(failure)
        await new Promise((resolve) => setTimeout(resolve, retryMs))
      }
    }
    onTrouble(null)
    const waiting = this.#waiting
    this.#waiting = null
    for (const message of waiting) if (message.sequence > this.#lastSequence) this.#deliver(message)
  }

  #deliver({ topic, sequence, payload }: ReceivedMessage): void {
    this.#lastSequence = Math.max(this.#lastSequence, sequence)
    const listeners = (this.#listeners[topic] ?? []) as ((payload: unknown) => void)[]
    const given = listeners.length === 0 ? null : this.#checked(topic, events[topic], payload)
    if (given === null) return
    for (const listener of listeners) {
      try {
        listener(given)
      } catch (fault) {
        this.#options.onFault(fault)
      }
    }
  }

  /** Null, and reported, for anything that breaks the contract. */
  #checked<S extends v.GenericSchema>(name: string, schema: S, value: unknown): v.InferOutput<S> | null {
    try {
      return checked(name, schema, value)
    } catch (fault) {
      this.#options.onFault(fault)
      this.#options.onTrouble(fault)
      this.#planRepair()
      return null
    }
  }

  #planRepair(): void {
    if (this.#isRepairPlanned) return
    this.#isRepairPlanned = true
    setTimeout(() => {
      this.#isRepairPlanned = false
      if (this.#waiting === null) void this.#reload()
    }, REPAIR_AFTER_MS)
  }
}
