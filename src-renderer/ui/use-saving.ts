import { useMessage } from 'naive-ui'
import { t } from '../text/t.ts'
import { useAttempt } from './use-attempt.ts'

/** Saves something as a file, and says where it is. `path` is null if the user chose no file. */
export function useSaving(): (work: () => Promise<{ readonly path: string | null }>) => Promise<void> {
  const message = useMessage()
  const attempt = useAttempt()
  return (work) =>
    attempt(async () => {
      const { path } = await work()
      if (path !== null) message.success(t('ui.saved', { path }))
    })
}
