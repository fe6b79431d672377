import { defineStore } from 'pinia'
import { ref } from 'vue'
import type { WordedError } from '#contract/errors.ts'
import { ask, errorData, RequestError } from '../backend/ask.ts'
import { ContractError } from '../backend/checked.ts'
import { t } from '../text/t.ts'

/** The same fault is reported again after this time at the earliest: a loop must not flood window and log. */
const AGAIN_AFTER_MS = 60_000

/** Different faults reported per minute at most. */
const MAX_AT_ONCE = 5

const ownFault = (): WordedError => ({
  code: 'internal',
  message: t('app.fault.message'),
  advice: t('app.fault.advice'),
})

/** Lets a name through that it has not let through for a while, and not too many of them. */
class Seldom {
  readonly #lastAt = new Map<string, number>()

  isDue(name: string): boolean {
    const now = performance.now()
    for (const [other, at] of this.#lastAt) if (now - at >= AGAIN_AFTER_MS) this.#lastAt.delete(other)
    if (this.#lastAt.has(name) || this.#lastAt.size >= MAX_AT_ONCE) return false
    this.#lastAt.set(name, now)
    return true
  }
}

/**
 * The last resort: shows uncaught errors to the user, and logs those that are our own. A failed request has its own
 * message; everything else is a defect.
 */
export const useFaults = defineStore('faults', () => {
  /** The latest uncaught error, a new object each time. */
  const latest = ref<WordedError | null>(null)
  /** Why the window is out of date; null while it is not. */
  const staleReason = ref<WordedError | null>(null)
  const [shown, logged] = [new Seldom(), new Seldom()]

  function report(fault: unknown, where: string): void {
    const isOwn = !(fault instanceof RequestError || fault instanceof ContractError)
    if (!shown.isDue(nameOf(fault))) return
    latest.value = isOwn ? ownFault() : { ...errorData(fault) }
    if (!(fault instanceof RequestError)) log(fault, where)
  }

  /** Logs a fault that its finder shows. */
  function log(fault: unknown, where: string): void {
    const name = nameOf(fault)
    if (!logged.isDue(name)) return
    const stack = fault instanceof Error ? (fault.stack ?? '') : ''
    // If even this fails, there is nowhere left to report it.
    ask('app:report-fault', {
      where: where.slice(0, 100),
      message: name.slice(0, 1000),
      stack: stack.slice(0, 4000),
    }).catch(() => undefined)
  }

  /**
   * Handles an error event of the window. A size that changes during ResizeObserver callbacks is not a fault: the
   * browser delivers the rest in its next frame.
   */
  function reportEvent({ error, message }: Pick<ErrorEvent, 'error' | 'message'>): void {
    if (error == null && message.startsWith('ResizeObserver loop')) return
    report(error ?? message, 'window')
  }

  /** The main process had a fault and has logged it. */
  function reportMain(): void {
    latest.value = ownFault()
  }

  function setStale(failure: unknown): void {
    staleReason.value = failure === null ? null : errorData(failure)
  }

  return { latest, staleReason, report, log, reportEvent, reportMain, setStale }
})

const nameOf = (fault: unknown): string => (fault instanceof Error ? fault.message : String(fault))
