import type { SyncAccount, WholeJob } from '#contract/jobs.ts'
import type { MessageKey } from '#contract/messages/messages.ts'
import { t } from '../text/t.ts'

type Halted = Pick<WholeJob, 'state' | 'halt' | 'asks'>

/** What to do about each reason for which a job halts by itself; other reasons say so themselves. */
const ADVICE: Readonly<Partial<Record<MessageKey, MessageKey>>> = {
  'jobs.halt.interrupted': 'jobs.advice.interrupted',
  'jobs.halt.failures': 'jobs.advice.failures',
  'jobs.halt.refused': 'jobs.advice.refused',
  'jobs.halt.update': 'jobs.advice.refused',
  'jobs.halt.create': 'jobs.advice.refused',
  'jobs.halt.unknown': 'jobs.advice.refused',
  'jobs.halt.logIn': 'jobs.advice.logIn',
  'jobs.halt.change': 'jobs.advice.change',
  'jobs.halt.ask': 'jobs.advice.ask',
  'jobs.halt.askToCreate': 'jobs.advice.ask',
  'jobs.halt.passwords': 'jobs.advice.passwords',
  'jobs.halt.stillRunning': 'jobs.advice.stillRunning',
}

/** Halts that are about passwords alone. */
const ASKING: ReadonlySet<MessageKey> = new Set([
  'jobs.halt.change',
  'jobs.halt.ask',
  'jobs.halt.askToCreate',
  'jobs.halt.passwords',
])

/** What the user can do about a halted job; empty if the user paused it. */
export function adviceOf({ halt }: Pick<WholeJob, 'halt'>): string {
  return halt === null ? '' : t(ADVICE[halt.key] ?? 'jobs.advice.other')
}

/** The sync users whose passwords have to be entered before a job can continue. After a restart none is known. */
export function needsOf({ state, halt, asks }: Halted): readonly SyncAccount[] {
  if (state === 'interrupted' || (halt !== null && ASKING.has(halt.key))) return asks
  if (halt?.key !== 'jobs.halt.logIn') return []
  return asks.filter(({ user, baseUrl }) => user === halt.values?.['user'] && baseUrl === halt.values['baseUrl'])
}

/** Whether passwords may be entered that are not required, because one entered before may be wrong. */
export function canAskFor(job: Halted): boolean {
  return job.asks.length > needsOf(job).length
}
