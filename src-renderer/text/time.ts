import { clockText as clockTextIn } from '#contract/messages/clock-text.ts'
import { momentText, spoken } from './spoken.ts'
import { t } from './t.ts'

/** The time of day, with the date if it is not the same day as `now`: `14:02`, `3 Nov, 14:02`. */
export function clockText(epochMs: number, now: number): string {
  return clockTextIn(epochMs, now, spoken.value.locale)
}

/** An age in the shortest usual words: `8 s`, `26 min`, `3 h`, `12 d`. A clock set back never makes it negative. */
export function ageText(fromMs: number, nowMs: number): string {
  const seconds = Math.max(0, Math.round((nowMs - fromMs) / 1000))
  if (seconds < 60) return t('text.age.seconds', { n: seconds })
  if (seconds < 3600) return t('text.age.minutes', { n: Math.floor(seconds / 60) })
  if (seconds < 48 * 3600) return t('text.age.hours', { n: Math.floor(seconds / 3600) })
  return t('text.age.days', { n: Math.floor(seconds / 86_400) })
}

/** As `ageText`, but by the minute: what is looked at all day must not tick. */
export function ageByMinute(fromMs: number, nowMs: number): string {
  return nowMs - fromMs < 60_000 ? t('text.age.now') : ageText(fromMs, nowMs)
}

/** How long ago something was read; by the minute. Times in epoch ms. */
export function refreshedText(fromMs: number, nowMs: number): string {
  if (nowMs - fromMs < 60_000) return t('text.refreshed.now')
  return t('text.refreshed.ago', { age: ageText(fromMs, nowMs) })
}

/** A duration as `0:07`, `12:30` or `1:02:03`. */
export function durationText(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000))
  const two = (value: number): string => String(value).padStart(2, '0')
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes}:${two(seconds % 60)}`
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`
}

/** A moment in full, for hovering. */
export function fullText(epochMs: number): string {
  return momentText(epochMs, { dateStyle: 'medium', timeStyle: 'medium' })
}

/** The vendor's date, `2016-11-10T11:07:10+0100`, in the user's words; anything else as it came. */
export function vendorDateText(text: string): string {
  const iso = text.replace(/([+-]\d\d)(\d\d)$/, '$1:$2')
  const epochMs = Date.parse(iso)
  if (Number.isNaN(epochMs)) return text
  return momentText(epochMs, { day: 'numeric', month: 'short', year: 'numeric' })
}
