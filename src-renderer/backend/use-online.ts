import { onMounted, onUnmounted, ref, type Ref } from 'vue'
import { ask } from './ask.ts'

const isOnline = ref(navigator.onLine)

/** Whether this computer has a network at all, as the operating system tells; the main process is told when that changes. */
export function useOnline(): Ref<boolean> {
  const update = (): void => {
    if (isOnline.value === navigator.onLine) return
    isOnline.value = navigator.onLine
    void ask('monitor:network', { isOnline: isOnline.value })
  }
  onMounted(() => {
    window.addEventListener('online', update)
    window.addEventListener('offline', update)
    update()
  })
  onUnmounted(() => {
    window.removeEventListener('online', update)
    window.removeEventListener('offline', update)
  })
  return isOnline
}
