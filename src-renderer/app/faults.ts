import { defineStore } from 'pinia'
import { ref } from 'vue'
import type { AppErrorData } from '#contract/errors.ts'
import { ask, errorData, RequestError } from '../backend/ask.ts'
import { t } from '../text/t.ts'

/** The same fault is told again after this long at the soonest: one in a loop must not fill window and log. */
const AGAIN_AFTER_MS = 60_000

/** Faults that differ, told within one minute at the most. */
const MAX_AT_ONCE = 5

const OWN_FAULT: AppErrorData = {
  code: 'internal',
  message: t('app.fault.message'),
  advice: t('app.fault.advice'),
}

/**
 * The last resort: what nobody caught is told to the user, and a fault of our own is written to the log. A request
 * that failed has its own words; everything else is a defect.
 */
export const useFaults = defineStore('faults', () => {
  /** What was not caught last, to be shown; a new object each time. */
  const latest = ref<AppErrorData | null>(null)
  /** Why the window is not up to date; null while it is. */
  const staleReason = ref<AppErrorData | null>(null)
  const toldAt = new Map<string, number>()

  function report(fault: unknown, where: string): void {
    const data = fault instanceof RequestError ? fault.data : OWN_FAULT
    const name = fault instanceof RequestError ? data.message : errorData(fault).message
    const now = performance.now()
    for (const [told, at] of toldAt) if (now - at >= AGAIN_AFTER_MS) toldAt.delete(told)
    if (toldAt.has(name) || toldAt.size >= MAX_AT_ONCE) return
    toldAt.set(name, now)
    latest.value = { ...data }
    if (fault instanceof RequestError) return
    const stack = fault instanceof Error ? (fault.stack ?? '') : ''
    // Where even this fails, there is nobody left to tell.
    ask('app:report-fault', {
      where: where.slice(0, 100),
      message: name.slice(0, 1000),
      stack: stack.slice(0, 4000),
    }).catch(() => undefined)
  }

  /** What reached the window. That a size changed while sizes were told is no fault: the browser tells the rest in its next frame. */
  function reportEvent({ error, message }: Pick<ErrorEvent, 'error' | 'message'>): void {
    if (error == null && message.startsWith('ResizeObserver loop')) return
    report(error ?? message, 'window')
  }

  /** Main met a fault of its own, and has logged it. */
  function tellOfMain(): void {
    latest.value = { ...OWN_FAULT }
  }

  function setStale(failure: unknown): void {
    staleReason.value = failure === null ? null : errorData(failure)
  }

  return { latest, staleReason, report, reportEvent, tellOfMain, setStale }
})
