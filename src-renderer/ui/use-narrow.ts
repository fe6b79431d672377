import { onMounted, onUnmounted, ref, type Ref } from 'vue'

/** Below this width, in CSS pixels, a panel takes the place of the table: a window of 1280 at 150 % and more. */
const NARROW = '(width < 860px)'

/** Whether the window has no room for two panes side by side: it is small, or enlarged. */
export function useNarrow(): Readonly<Ref<boolean>> {
  const query = window.matchMedia(NARROW)
  const isNarrow = ref(query.matches)
  const update = (): void => {
    isNarrow.value = query.matches
  }
  onMounted(() => query.addEventListener('change', update))
  onUnmounted(() => query.removeEventListener('change', update))
  return isNarrow
}
