import { momentText, spoken } from './spoken.ts'

/** A day and a time as numbers. Written without a date or a year, these are missing. */
interface Typed {
  readonly year?: number
  readonly month?: number
  readonly day?: number
  readonly hour: number
  readonly minute: number
}

const TIME = /(\d{1,2})[:.h](\d{2})\s*([ap])?\.?(?:m\.?)?\s*(?:uhr)?$/iu

/**
 * A moment, in epoch ms, that somebody typed with the customs of the language spoken: a date and a time, a date without
 * a year, or only a time, which then is the next such moment after `now`. A date of ISO 8601 is understood anywhere.
 * Null if it is none.
 */
export function momentTyped(text: string, now: number): number | null {
  const typed = partsOf(text.trim())
  return typed === null ? null : momentOf(typed, new Date(now))
}

/** How a moment is typed, for the user to see. */
export function momentExample(epochMs: number): string {
  const date = momentText(epochMs, { day: '2-digit', month: '2-digit', year: 'numeric' })
  return `${date}, ${momentText(epochMs, { timeStyle: 'short' })}`
}

function partsOf(text: string): Typed | null {
  const time = TIME.exec(text)
  if (time === null) return null
  const [whole, hours, minutes, half] = time
  const time12 = half === undefined ? Number(hours) : (Number(hours) % 12) + (half.toLowerCase() === 'p' ? 12 : 0)
  const clock = { hour: time12, minute: Number(minutes) }
  const rest = text.slice(0, text.length - whole.length)
  const numbers = rest.match(/\d+/g) ?? []
  if (/\p{L}/u.test(rest.replace(/t$/i, ''))) return null
  if (numbers.length === 0) return clock
  const isIso = numbers[0]?.length === 4
  const order = isIso ? (['year', 'month', 'day'] as const) : orderOfDate()
  const named = order.filter((part) => numbers.length === 3 || part !== 'year')
  if (numbers.length !== named.length) return null
  return { ...clock, ...Object.fromEntries(named.map((part, index) => [part, Number(numbers[index])])) }
}

/** The order in which a date is written. */
function orderOfDate(): readonly ('year' | 'month' | 'day')[] {
  return new Intl.DateTimeFormat(spoken.value.locale, { year: 'numeric', month: 'numeric', day: 'numeric' })
    .formatToParts(0)
    .map(({ type }) => type)
    .filter((type) => type === 'year' || type === 'month' || type === 'day')
}

/** Of the moments that are meant, the next one; null if there is no such day or time. */
function momentOf({ year, month, day, hour, minute }: Typed, now: Date): number | null {
  const fullYear = year === undefined ? now.getFullYear() : year < 100 ? 2000 + year : year
  const wanted = [month === undefined ? now.getMonth() : month - 1, day ?? now.getDate()] as const
  const moment = new Date(fullYear, ...wanted, hour, minute)
  const isReal =
    moment.getMonth() === wanted[0] &&
    moment.getDate() === wanted[1] &&
    moment.getHours() === hour &&
    moment.getMinutes() === minute
  if (!isReal) return null
  if (moment <= now && day === undefined) moment.setDate(moment.getDate() + 1)
  else if (moment <= now && year === undefined) moment.setFullYear(fullYear + 1)
  return moment.getTime()
}
