import { computed, onMounted, onUnmounted, ref, watch, type Ref } from 'vue'

/** Rows above and below the visible part that are rendered too, so that scrolling does not show gaps. */
const OVERSCAN = 8

/**
 * The part of a long list, with rows of equal height, that has to be rendered. `top` is the distance of the first
 * rendered row from the list's beginning, `total` the height of the whole list, both in CSS pixels. Where rows become
 * higher or lower, the one at `anchor` stays where it is while it is in sight, otherwise the first that is.
 */
export function useFixedRows<T>(
  container: Ref<HTMLElement | null>,
  items: Ref<readonly T[]>,
  rowHeight: Ref<number>,
  anchor: () => number = () => -1,
) {
  const scrollTop = ref(0)
  const height = ref(600)
  let observer: ResizeObserver | undefined
  /** The place that was asked for, until the list has been measured. */
  let restored: number | null = null

  const first = computed(() => Math.max(0, Math.floor(scrollTop.value / rowHeight.value) - OVERSCAN))
  const count = computed(() => Math.ceil(height.value / rowHeight.value) + 2 * OVERSCAN)
  const shown = computed(() => items.value.slice(first.value, first.value + count.value))

  const onScroll = (): void => {
    scrollTop.value = container.value?.scrollTop ?? 0
  }

  /** Scrolls as little as needed to show the row fully below `headerHeight`. */
  function reveal(index: number, headerHeight: number): void {
    const element = container.value
    if (element === null) return
    const top = index * rowHeight.value
    const visibleHeight = element.clientHeight - headerHeight
    if (top < element.scrollTop) element.scrollTop = top
    else if (top + rowHeight.value > element.scrollTop + visibleHeight) {
      element.scrollTop = top + rowHeight.value - visibleHeight
    }
  }

  /** The first row in sight, which may be cut; with its fraction, so that it is the same place again. */
  const firstInSight = (): number => scrollTop.value / rowHeight.value

  /** Scrolls to where this was the first row in sight. */
  function showFrom(row: number): void {
    const element = container.value
    if (element === null) return
    restored = row
    element.scrollTop = row * rowHeight.value
    // Its event comes later than the first measurement of the list, which may change the heights of rows.
    onScroll()
  }

  watch(
    rowHeight,
    (now, before) => {
      const element = container.value
      if (element === null) return
      if (restored !== null) {
        element.scrollTop = restored * now
        return
      }
      const wanted = anchor()
      const [from, to] = [scrollTop.value, scrollTop.value + element.clientHeight].map((edge) => edge / before)
      const isInSight = wanted >= (from ?? 0) && wanted < (to ?? 0)
      element.scrollTop = scrollTop.value + (isInSight ? wanted : Math.ceil(from ?? 0)) * (now - before)
    },
    { flush: 'post' },
  )

  onMounted(() => {
    const element = container.value
    if (element === null) return
    element.addEventListener('scroll', onScroll, { passive: true })
    observer = new ResizeObserver(() => {
      height.value = element.clientHeight
      requestAnimationFrame(() => (restored = null))
    })
    observer.observe(element)
  })
  onUnmounted(() => {
    container.value?.removeEventListener('scroll', onScroll)
    observer?.disconnect()
  })

  return {
    first,
    shown,
    /** A stable slot for the item at `index`, so that scrolling reuses elements instead of creating them. */
    slotOf: (index: number): number => index % count.value,
    top: computed(() => first.value * rowHeight.value),
    total: computed(() => items.value.length * rowHeight.value),
    pageSize: computed(() => Math.max(1, Math.floor(height.value / rowHeight.value) - 2)),
    reveal,
    firstInSight,
    showFrom,
  }
}
