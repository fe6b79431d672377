import { momentText } from './moment-text.ts'

const TIME = { timeStyle: 'short' } as const
const DAY = { day: 'numeric', month: 'short' } as const

/** The time of day as a locale writes it, with the date if it is not the same day as `now`: `14:02`, `Nov 3, 2:02 PM`. */
export function clockText(epochMs: number, now: number, locale: string): string {
  const time = momentText(epochMs, locale, TIME)
  if (new Date(epochMs).toDateString() === new Date(now).toDateString()) return time
  return `${momentText(epochMs, locale, DAY)}, ${time}`
}
