import { onUnmounted, type Ref } from 'vue'

/** So long after the last movement of the pointer, in milliseconds, rows may change their places again. */
const STEADY_MS = 3_000

/**
 * While the user points at rows, they keep their places: a click is to reach the row that it was meant for. `isSteady`
 * is set with each movement or press, and unset when the pointer rests or leaves.
 */
export function useSteadyOrder(isSteady: Ref<boolean>): { readonly hold: () => void; readonly release: () => void } {
  let timer: ReturnType<typeof setTimeout> | undefined
  function release(): void {
    clearTimeout(timer)
    isSteady.value = false
  }
  onUnmounted(release)
  return {
    hold() {
      clearTimeout(timer)
      timer = setTimeout(release, STEADY_MS)
      isSteady.value = true
    },
    release,
  }
}
