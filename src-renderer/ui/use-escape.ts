import { onUnmounted, watch, type Ref } from 'vue'

/** Escape closes what is open, wherever the focus is; Naive UI's popovers do not do that. */
export function useEscape(isOpen: Ref<boolean>): void {
  const onKeydown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') isOpen.value = false
  }
  const stop = (): void => document.removeEventListener('keydown', onKeydown)
  watch(
    isOpen,
    (open) => {
      if (open) document.addEventListener('keydown', onKeydown)
      else stop()
    },
    { immediate: true },
  )
  onUnmounted(stop)
}
