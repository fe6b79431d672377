import { ref } from 'vue'
import type { WordedError } from '#contract/errors.ts'
import { errorData } from './ask.ts'

/** What a dialog needs around a request: whether it is under way, and why the last one failed. */
export function useSending() {
  const isSending = ref(false)
  const error = ref<WordedError | null>(null)

  /** Runs the work, unless the last is still under way; a failure is kept for showing instead of being thrown. */
  async function run(work: () => Promise<void>): Promise<void> {
    if (isSending.value) return
    isSending.value = true
    error.value = null
    try {
      await work()
    } catch (thrown) {
      error.value = errorData(thrown)
    } finally {
      isSending.value = false
    }
  }

  return { isSending, error, run }
}
