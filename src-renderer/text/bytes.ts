import { numberText } from './spoken.ts'

const ONE_DECIMAL = { minimumFractionDigits: 1, maximumFractionDigits: 1 } as const

/** A size in the usual binary steps: `812 B`, `4.2 MB`. */
export function bytesText(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  const units = ['kB', 'MB', 'GB', 'TB']
  let value = bytes / 1024
  let unit = 0
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024
    unit += 1
  }
  return `${numberText(value, value < 10 ? ONE_DECIMAL : { maximumFractionDigits: 0 })} ${units[unit] ?? ''}`
}
