import { computed, shallowRef, type ComputedRef } from 'vue'

/** A list that does not move under the pointer. */
export interface StableList<T> {
  readonly shown: ComputedRef<readonly T[]>
  /** How many items have arrived and are not shown yet. */
  readonly waiting: ComputedRef<number>
  /** Handlers for the pointer entering and leaving. */
  readonly hold: () => void
  readonly release: () => void
}

/**
 * Nothing is inserted into `list` while it is held, so that a click hits what the user aimed at. Changes of an item are
 * shown, and items that are gone disappear. A list with nothing to click is not held.
 */
export function useStableList<T>(list: () => readonly T[], idOf: (item: T) => unknown): StableList<T> {
  const held = shallowRef<ReadonlySet<unknown>>(new Set())
  const shown = computed(() => {
    const still = held.value.size === 0 ? [] : list().filter((item) => held.value.has(idOf(item)))
    return still.length === 0 ? list() : still
  })
  return {
    shown,
    waiting: computed(() => list().length - shown.value.length),
    hold: () => {
      held.value = new Set(list().map(idOf))
    },
    release: () => {
      held.value = new Set()
    },
  }
}
