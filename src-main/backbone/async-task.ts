import { asBoolean, asNumber, asObject, asText } from '../wire-values.ts'

/**
 * The parts of the vendor's asynchronous task that Syncdeck uses. Its time stamps have no time zone and are ignored.
 */
export interface AsyncTask {
  readonly id: string
  readonly end: 'succeeded' | 'failed' | 'cancelled' | null
  /** As sent; many versions leave it at 0 even when the task has finished. */
  readonly progress: number
  readonly message: string
  readonly failureMessage: string
}

/** Returns null for something that is not a task. A task has ended when it is finished, cancelled or failed. */
export function readAsyncTask(value: unknown): AsyncTask | null {
  const object = asObject(value)
  const id = asText(object?.id)
  if (object === null || id === '') return null
  const end = asBoolean(object.hasFailed)
    ? 'failed'
    : asBoolean(object.cancelled)
      ? 'cancelled'
      : asBoolean(object.finished)
        ? 'succeeded'
        : null
  return {
    id,
    end,
    progress: asNumber(object.progress) ?? 0,
    message: asText(object.message),
    failureMessage: asText(object.failureMessage),
  }
}
