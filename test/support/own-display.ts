import { afterAll } from 'vitest'
import { startDisplay } from '../../tools/set-up/display.mjs'

// On Linux each spec file has a screen of its own: a window opened by another file on the same screen takes the pointer
// away from its target. Elsewhere there is one screen.
if (process.platform === 'linux') {
  const display = await startDisplay({ isQuiet: true })
  Object.assign(process.env, display.env, { WAYLAND_DISPLAY: '' })
  afterAll(() => display.stop())
}
