/** The time of day by the customs of a locale, with the date where it is another day than `now`: `14:02`, `3 Nov, 14:02`. */
export function clockText(epochMs: number, now: number, locale: string): string {
  const date = new Date(epochMs)
  const time = date.toLocaleTimeString(locale, { hour: '2-digit', minute: '2-digit', hour12: false })
  if (date.toDateString() === new Date(now).toDateString()) return time
  return `${date.toLocaleDateString(locale, { day: 'numeric', month: 'short' })}, ${time}`
}
