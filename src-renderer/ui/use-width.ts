import { onMounted, onUnmounted, ref, type Ref } from 'vue'

/** The width of an element in CSS pixels, including its scroll bar; infinite until known. */
export function useWidth(element: Readonly<Ref<HTMLElement | null>>): Ref<number> {
  const width = ref(Infinity)
  let observer: ResizeObserver | undefined
  onMounted(() => {
    const observed = element.value
    if (observed === null) return
    observer = new ResizeObserver(() => {
      width.value = observed.offsetWidth
    })
    observer.observe(observed)
  })
  onUnmounted(() => observer?.disconnect())
  return width
}
