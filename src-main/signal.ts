/**
 * Something that happens repeatedly, reported at once to all listeners in the order in which they subscribed. What a
 * listener throws reaches whoever emitted. A class of its own in place of Node's EventEmitter: there events are named
 * by strings, which neither the compiler nor *Go to definition* follows, and the name `error` is special.
 */
export class Signal<T extends readonly unknown[] = []> {
  readonly #listeners: ((...args: T) => void)[] = []

  on(listener: (...args: T) => void): void {
    this.#listeners.push(listener)
  }

  emit(...args: T): void {
    for (const listener of this.#listeners) listener(...args)
  }
}
