/**
 * By locale and parts: making a format takes a hundred times as long as using it, and a screen of a table has eighty
 * moments.
 */
const formats = new Map<string, Intl.DateTimeFormat>()
/** A format keeps the time zone in which it was made; the computer may have moved to another one. */
let madeAtOffset = new Date().getTimezoneOffset()

/** A moment, written with these parts as a locale writes them. `epochMs` in epoch ms. */
export function momentText(epochMs: number, locale: string, parts: Intl.DateTimeFormatOptions): string {
  const date = new Date(epochMs)
  // Beyond the range of dates, which a server may send.
  if (Number.isNaN(date.getTime())) return String(date)
  return formatOf(locale, parts).format(date)
}

function formatOf(locale: string, parts: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const offset = new Date().getTimezoneOffset()
  if (offset !== madeAtOffset) formats.clear()
  madeAtOffset = offset
  const key = `${locale} ${JSON.stringify(parts)}`
  const format = formats.get(key) ?? new Intl.DateTimeFormat(locale, parts)
  formats.set(key, format)
  return format
}
