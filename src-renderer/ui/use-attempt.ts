import { useMessage } from 'naive-ui'
import { errorData } from '../backend/ask.ts'

/** Runs an action. If it fails, a message says why and what to do. */
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
