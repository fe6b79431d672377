import { existsSync } from 'node:fs'

const CANDIDATES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/snap/bin/chromium']

/** The installed Chromium, or null. `SYNCDECK_CHROMIUM` names another one. */
export function findChromium(): string | null {
  const named = process.env.SYNCDECK_CHROMIUM
  if (named) return existsSync(named) ? named : null
  return CANDIDATES.find((path) => existsSync(path)) ?? null
}
