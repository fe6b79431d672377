import { onMounted, onUnmounted, ref, type Ref } from 'vue'
import { ask } from './ask.ts'

const isOnline = ref(navigator.onLine)

/** Whether this computer is online, according to the operating system. Changes are reported to the main process. */
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
