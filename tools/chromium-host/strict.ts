/**
 * Wraps an object so that reading a member it lacks throws by name, as a reminder that the host implements only
 * what the application uses: a missing API must never look like an `undefined` one.
 */
export function strict<T extends object>(name: string, members: T): T {
  return new Proxy(members, {
    get: (target, key) => {
      if (key in target || typeof key === 'symbol' || key === 'then' || key === 'toJSON')
        return Reflect.get(target, key)
      throw new Error(`The Chromium host does not implement Electron’s ${name}.${key}`)
    },
    set: (target, key, value) => {
      if (!(key in target)) throw new Error(`The Chromium host does not implement Electron’s ${name}.${String(key)}`)
      return Reflect.set(target, key, value)
    },
  })
}

/** The event methods of an emitter, for a strict object. */
export function emitterMembers(emitter: NodeJS.EventEmitter) {
  return {
    on: (event: string, listener: (...args: unknown[]) => void) => void emitter.on(event, listener),
    once: (event: string, listener: (...args: unknown[]) => void) => void emitter.once(event, listener),
    off: (event: string, listener: (...args: unknown[]) => void) => void emitter.off(event, listener),
    removeListener: (event: string, listener: (...args: unknown[]) => void) => void emitter.off(event, listener),
  }
}

/** An event whose default can be prevented, as Electron hands to listeners. */
export function preventable<T extends object>(more: T): T & { preventDefault: () => void; defaultPrevented: boolean } {
  const event = {
    ...more,
    defaultPrevented: false,
    preventDefault: () => {
      event.defaultPrevented = true
    },
  }
  return event
}
