import { onUnmounted, ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import type { WordedError } from '#contract/errors.ts'
import type { JobId } from '#contract/ids.ts'
import type { WholeJob } from '#contract/jobs.ts'
import { ask, errorData } from '../backend/ask.ts'
import { useLatest } from '../ui/use-latest.ts'
import { useJobs } from './jobs.ts'

/** After a reading the next one waits so many times as long as it took: of a thousand targets, one is a megabyte. */
const REST_TIMES = 4
/** At least so long, in ms: changes come in batches that are hardly apart. */
const LEAST_REST_MS = 200

/**
 * A job with its targets, read again whenever the job changes: at once, but one reading at a time, and with a rest
 * after each, so that a job of any size takes a fifth of the time at most. The last change is always read.
 */
export function useWholeJob(id: JobId): {
  readonly whole: Readonly<ShallowRef<WholeJob | null>>
  readonly error: Readonly<Ref<WordedError | null>>
} {
  const jobs = useJobs()
  const whole = shallowRef<WholeJob | null>(null)
  const error = ref<WordedError | null>(null)
  const beginReading = useLatest()
  let isBusy = false
  let isStale = false
  let timer: ReturnType<typeof setTimeout> | undefined

  async function read(): Promise<void> {
    isBusy = true
    isStale = false
    const isLatest = beginReading()
    const from = performance.now()
    try {
      const answer = await ask('jobs:get', { id })
      if (!isLatest()) return
      whole.value = answer
      error.value = null
    } catch (thrown) {
      if (!isLatest()) return
      error.value = errorData(thrown)
    }
    timer = setTimeout(rested, Math.max(LEAST_REST_MS, REST_TIMES * (performance.now() - from)))
  }

  function rested(): void {
    isBusy = false
    if (isStale) void read()
  }

  watch(
    () => jobs.byId.get(id),
    () => {
      isStale = true
      if (!isBusy) void read()
    },
    { immediate: true },
  )
  onUnmounted(() => clearTimeout(timer))

  return { whole, error }
}
