import { onBeforeUnmount, onMounted, onUnmounted, type Ref } from 'vue'

/**
 * Moves the focus into what has just opened, which is elsewhere in the page than the button that opened it, and back
 * when it closes, or when the returned function is called. The element needs a `tabindex`.
 */
export function useFocusInside(element: Readonly<Ref<HTMLElement | null>>): () => void {
  let before: Element | null = null
  /** What closes may fade out, and keep the focus until it is gone. */
  let isInside = false
  function giveBack(): void {
    if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true })
  }
  onMounted(() => {
    before = document.activeElement
    element.value?.focus({ preventScroll: true })
  })
  onBeforeUnmount(() => {
    isInside = element.value?.contains(document.activeElement) === true
  })
  onUnmounted(() => {
    // If the user has moved on to something else, the focus stays there.
    const isLost = isInside || document.activeElement === null || document.activeElement === document.body
    if (isLost) giveBack()
  })
  return giveBack
}
