import { expect, it } from 'vitest'
import { refusalOf } from '../../src-main/app/command-line.ts'
import { say } from '../../src-main/text/say.ts'

const words = (...args: string[]): string => {
  const refusal = refusalOf(['/opt/Syncdeck/syncdeck', ...args], { isPackaged: false, hasSwitch: () => false })
  return refusal === null ? '' : say(refusal)
}

it.each([
  [],
  ['--demo', '--read-only', '--portable', '--user-data-dir=/home/anna/--unknown'],
  // What a container, a Wayland session and a driver of tests add.
  ['--no-sandbox', '--ozone-platform=wayland', '--inspect=0', '--remote-debugging-port=0'],
  // A folder to run, macOS's own, and what follows the end of switches.
  ['.', '-psn_0_1', '--', '--unknown'],
])('these are understood: %j', (...args) => {
  expect(words(...args)).toBe('')
})

it('a switch that nobody knows is named once, with those that exist', () => {
  expect(words('--readonly', '--demo', '--readonly', '--gpu-launcher=xterm')).toBe(
    'Syncdeck does not know --readonly, --gpu-launcher. It knows --demo, --portable, --read-only, --self-check, --user-data-dir.',
  )
})

it.each([
  ['as everywhere', ['--remote-debugging-port=9222', '--demo'], []],
  ['as only Chromium reads it', ['/remote-debugging-port=9222'], ['remote-debugging-port']],
])('a packaged program does not let itself be debugged: %s', (_how, args, chromium) => {
  const hasSwitch = (name: string): boolean => chromium.includes(name)
  const refusal = refusalOf(args, { isPackaged: true, hasSwitch })
  expect(refusal && say(refusal)).toBe(
    'Syncdeck does not start with --remote-debugging-port: another program could read and control its window.',
  )
  expect(refusalOf(args, { isPackaged: false, hasSwitch })).toBeNull()
})
