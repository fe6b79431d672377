import { appendFileSync } from 'node:fs'

/**
 * Values cross between main process and page as Electron's structured clone lets them, and are then carried as JSON.
 * What could be cloned but is not JSON-like (dates, maps, big integers) is refused instead of silently changed.
 */
export function toWire(value: unknown): string {
  let clone: unknown
  try {
    clone = structuredClone(value)
  } catch {
    throw new Error('An object could not be cloned.')
  }
  assertJsonLike(clone, 'value')
  return JSON.stringify(clone) ?? 'null'
}

function assertJsonLike(value: unknown, path: string): void {
  if (value === null || value === undefined || ['string', 'boolean', 'number'].includes(typeof value)) return
  if (Array.isArray(value)) {
    value.forEach((item, index) => assertJsonLike(item, `${path}[${index}]`))
    return
  }
  if (typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype) {
    for (const [key, inner] of Object.entries(value)) assertJsonLike(inner, `${path}.${key}`)
    return
  }
  throw new Error(`The Chromium host carries JSON-like values only, and ${path} is none`)
}

/** Records what the main process sends to the page, for tests that search it for secrets. */
export function recordOutgoing(text: string): void {
  const file = process.env.SYNCDECK_HOST_RECORD_IPC
  if (file) appendFileSync(file, `${text}\n`)
}
