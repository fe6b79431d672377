import { onMounted, onUnmounted, type Ref } from 'vue'

/**
 * Puts the focus into what has just opened, which stands elsewhere in the page than the button that opened it, and back where it was once
 * that has closed. The element needs a `tabindex`.
 */
export function useFocusInside(element: Readonly<Ref<HTMLElement | null>>): void {
  let before: Element | null = null
  onMounted(() => {
    before = document.activeElement
    element.value?.focus({ preventScroll: true })
  })
  onUnmounted(() => {
    // Who went on to something else meanwhile stays there.
    const isLost = document.activeElement === null || document.activeElement === document.body
    if (isLost && before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true })
  })
}
