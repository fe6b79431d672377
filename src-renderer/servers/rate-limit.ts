import type { RateLimitState } from '#contract/servers.ts'
import { numberText } from '../text/spoken.ts'
import { counted, t } from '../text/t.ts'
import { clockText } from '../text/time.ts'

/** The rate limit in its shortest form: `rate` is per second, or per minute if it is below one a second. */
function paceOf({ perSecond, heldUntil }: RateLimitState, nowMs: number) {
  if (heldUntil !== null && heldUntil > nowMs) return { kind: 'held', until: clockText(heldUntil, nowMs) } as const
  // Less than one in two minutes is hardly a rate.
  if (perSecond === null || perSecond * 120 < 1) return { kind: 'slowly' } as const
  return perSecond >= 0.95
    ? ({ kind: 'second', rate: Math.round(perSecond) } as const)
    : ({ kind: 'minute', rate: Math.round(perSecond * 60) } as const)
}

/** Why a server is read slowly, shown beside its name. */
export function rateLimitText(limit: RateLimitState, nowMs: number): string {
  const pace = paceOf(limit, nowMs)
  if (pace.kind === 'held') return t('servers.rateLimit.reads.held', { time: pace.until })
  if (pace.kind === 'slowly') return t('servers.rateLimit.reads.slowly')
  return t(`servers.rateLimit.reads.${pace.kind}`, { rate: numberText(pace.rate) })
}

/** Why a request to such a server has to wait, as a sentence. */
export function rateLimitWaitText(limit: RateLimitState, server: string, nowMs: number): string {
  const pace = paceOf(limit, nowMs)
  if (pace.kind === 'held') return t('servers.rateLimit.takes.held', { server, time: pace.until })
  if (pace.kind === 'slowly') return t('servers.rateLimit.takes.slowly', { server })
  return counted(`servers.rateLimit.takes.${pace.kind}`, pace.rate, { server })
}

/** The same in short: `1/s`, `6/min`, `wait`. */
export function rateLimitSign(limit: RateLimitState, nowMs: number): string {
  const pace = paceOf(limit, nowMs)
  return t(`servers.rateLimit.sign.${pace.kind}`, 'rate' in pace ? { rate: numberText(pace.rate) } : {})
}
