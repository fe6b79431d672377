/** The time of day in the computer's language, with the date where it is another day than `now`: `14:02`, `3 Nov, 14:02`. */
export function clockText(epochMs: number, now: number): string {
  const date = new Date(epochMs)
  const time = date.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit', hour12: false })
  if (date.toDateString() === new Date(now).toDateString()) return time
  return `${date.toLocaleDateString(undefined, { day: 'numeric', month: 'short' })}, ${time}`
}
