import { computed, onMounted, onUnmounted, ref, type Ref } from 'vue'

const MINUTE_MS = 60_000

const now = ref(Date.now())
let users = 0
let timer: ReturnType<typeof setInterval> | undefined

/** The time in epoch ms, renewed every second while anything shows it. */
export function useNow(): Ref<number> {
  onMounted(() => {
    users += 1
    now.value = Date.now()
    timer ??= setInterval(() => {
      now.value = Date.now()
    }, 1000)
  })
  onUnmounted(() => {
    users -= 1
    if (users > 0) return
    clearInterval(timer)
    timer = undefined
  })
  return now
}

/** The start of the current minute in epoch ms, for what shows no seconds and need not be rendered every second. */
export function useMinute(): Readonly<Ref<number>> {
  const current = useNow()
  return computed(() => Math.floor(current.value / MINUTE_MS) * MINUTE_MS)
}
