import { onMounted, onUnmounted, type Ref } from 'vue'

/**
 * Moves the focus into what has just opened, which is elsewhere in the page than the button that opened it, and back when it closes. The
 * element needs a `tabindex`.
 */
export function useFocusInside(element: Readonly<Ref<HTMLElement | null>>): void {
  let before: Element | null = null
  onMounted(() => {
    before = document.activeElement
    element.value?.focus({ preventScroll: true })
  })
  onUnmounted(() => {
    // If the user has moved on to something else, the focus stays there.
    const isLost = document.activeElement === null || document.activeElement === document.body
    if (isLost && before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true })
  })
}
