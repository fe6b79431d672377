import { computed, onMounted, onUnmounted, ref, watch, type Ref } from 'vue'

/** The width of a panel, in CSS pixels, if the window is large enough for it. */
const PANEL_WIDTH = 440
/** In a smaller window, the panel yields to the table, which people read first. */
const MOST = 0.36
const LEAST = 0.25
/** The navigation beside both, in CSS pixels. */
const NAVIGATION_WIDTH = 224

/** The share of a pane in the window: as the user left it, or else the usual one. */
export function useShare(name: string, usual: Readonly<Ref<number>> | number): Ref<number> {
  const stored = Number(localStorage.getItem(name))
  const chosen = ref(stored > 0.1 && stored < 0.9 ? stored : null)
  watch(chosen, (value) => localStorage.setItem(name, String(value)))
  return computed({
    get: () => chosen.value ?? (typeof usual === 'number' ? usual : usual.value),
    set: (share) => {
      chosen.value = share
    },
  })
}

/** The space one panel takes beside the navigation: always the same width, if the window has it. */
export function usualPanelShare(): Readonly<Ref<number>> {
  const width = ref(window.innerWidth)
  const look = (): void => {
    width.value = window.innerWidth
  }
  onMounted(() => window.addEventListener('resize', look))
  onUnmounted(() => window.removeEventListener('resize', look))
  return computed(() => Math.min(MOST, Math.max(LEAST, PANEL_WIDTH / (width.value - NAVIGATION_WIDTH))))
}
