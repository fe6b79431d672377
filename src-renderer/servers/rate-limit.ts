import type { RateLimitState } from '#contract/servers.ts'
import { countText } from '../text/operations.ts'
import { clockText } from '../text/time.ts'

/** A rate in the shortest usual words: `20 a second`, `1 a second`, `6 a minute`. */
function rateText(perSecond: number, second: string, minute: string): string {
  if (perSecond >= 0.95) return `${Math.round(perSecond)}${second}`
  return `${Math.max(1, Math.round(perSecond * 60))}${minute}`
}

/** Why a server is read slowly, as the end of a sentence about it. */
export function rateLimitText({ perSecond, heldUntil }: RateLimitState, nowMs: number): string {
  if (heldUntil !== null && heldUntil > nowMs)
    return `asked to be left alone until ${clockText(heldUntil, nowMs)}: it limits the rate of requests`
  if (perSecond === null) return 'reads slowly because the server limits it'
  return `reads at ${rateText(perSecond, ' a second', ' a minute')} because the server limits it`
}

/** What a request to such a server waits for, as the end of a sentence about the server. */
export function rateLimitWaitText({ perSecond, heldUntil }: RateLimitState, nowMs: number): string {
  if (heldUntil !== null && heldUntil > nowMs) return `asked to be left alone until ${clockText(heldUntil, nowMs)}`
  if (perSecond === null) return 'limits the rate of requests'
  return perSecond >= 0.95
    ? `takes ${countText(Math.round(perSecond), 'request')} a second`
    : `takes ${countText(Math.max(1, Math.round(perSecond * 60)), 'request')} a minute`
}

/** The same as a sign: `1/s`, `6/min`, `wait`. */
export function rateLimitSign({ perSecond, heldUntil }: RateLimitState, nowMs: number): string {
  if (heldUntil !== null && heldUntil > nowMs) return 'wait'
  return perSecond === null ? 'slow' : rateText(perSecond, '/s', '/min')
}
