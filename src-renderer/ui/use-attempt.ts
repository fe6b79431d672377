import { useMessage } from 'naive-ui'
import { errorData } from '../backend/ask.ts'

/** Carries out what a click asked for. Where it fails, a message says why, and what can be done. */
export function useAttempt(): (work: () => Promise<unknown>) => Promise<void> {
  const message = useMessage()
  return async (work) => {
    try {
      await work()
    } catch (thrown) {
      const { message: words, advice } = errorData(thrown)
      message.error([words, advice].filter(Boolean).join(' '))
    }
  }
}
