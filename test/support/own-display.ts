import { afterAll } from 'vitest'
import { startDisplay } from '../../tools/set-up/display.mjs'

// On Linux each file of specs has a screen of its own: a window that another one opens on the same screen takes the pointer away from what
// is pointed at. Elsewhere there is one screen.
if (process.platform === 'linux') {
  const display = await startDisplay({ isQuiet: true })
  Object.assign(process.env, display.env, { WAYLAND_DISPLAY: '' })
  afterAll(() => display.stop())
}
