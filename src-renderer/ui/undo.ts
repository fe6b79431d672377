import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { WordedError } from '#contract/errors.ts'
import { errorData } from '../backend/ask.ts'
import { t } from '../text/t.ts'

/** How long something can be undone, besides the time for which the user holds the offer. */
export const OFFER_MS = 10_000

/** Something that was done, and has a true inverse. */
export interface Undoable {
  /** What was done, by name, in the language of the moment: it is what the button undoes. */
  readonly words: string
  /** Does the inverse, like any other action. If that is refused, or no longer an inverse, it throws the reason. */
  readonly undo: () => Promise<unknown>
}

/** The one offer to undo the last action. A newer offer replaces it, and so does the result of undoing. */
export const useUndo = defineStore('undo', () => {
  const offer = shallowRef<Undoable | null>(null)
  const refusal = shallowRef<{ readonly undone: Undoable; readonly error: WordedError } | null>(null)
  const isUndoing = ref(false)
  const spoken = ref('')
  const isShown = computed(() => offer.value !== null || refusal.value !== null)

  let leftMs = 0
  let runsSince = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  let isHeld = false

  function run(): void {
    if (isHeld || isUndoing.value || offer.value === null) return
    runsSince = performance.now()
    timer = setTimeout(dismiss, leftMs)
  }

  function pause(): void {
    if (timer === undefined) return
    clearTimeout(timer)
    timer = undefined
    leftMs -= performance.now() - runsSince
  }

  /** Shows an offer for `OFFER_MS`. */
  function show(undoable: Undoable): void {
    pause()
    refusal.value = null
    offer.value = undoable
    isUndoing.value = false
    spoken.value = undoable.words
    leftMs = OFFER_MS
    run()
  }

  /** While the pointer or the focus is in the offer, its time does not run. */
  function hold(isHolding: boolean): void {
    isHeld = isHolding
    pause()
    run()
  }

  /** Removes what is shown. */
  function dismiss(): void {
    pause()
    offer.value = null
    refusal.value = null
    isUndoing.value = false
  }

  /** Undoes what is offered, once. If that is refused, the reason stays until the user removes it. */
  async function undo(): Promise<void> {
    const undone = offer.value
    if (undone === null || isUndoing.value) return
    pause()
    isUndoing.value = true
    try {
      await undone.undo()
      if (offer.value === undone) dismiss()
      spoken.value = t('ui.undo.begun', { what: undone.words })
    } catch (thrown) {
      dismiss()
      refusal.value = { undone, error: errorData(thrown) }
    }
  }

  return { offer, refusal, isUndoing, isShown, spoken, show, hold, dismiss, undo }
})
