/**
 * Imported before an application starts: its clocks are ahead by the milliseconds that a file names. Timers wait as long
 * as ever.
 */
import { readFileSync } from 'node:fs'

const file = process.env.SYNCDECK_TEST_MOVED_TIME ?? ''
const ahead = () => {
  try {
    return Number(readFileSync(file, 'utf8'))
  } catch {
    return 0
  }
}
if (file !== '') {
  const now = Date.now
  const elapsed = performance.now.bind(performance)
  Date.now = () => now() + ahead()
  performance.now = () => elapsed() + ahead()
}
