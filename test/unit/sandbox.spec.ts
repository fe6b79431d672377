import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'

/** Runs in its own process: the set-up is plain JavaScript, which runs before anything is installed. */
function problem(of: object): string {
  const script = `import('./tools/set-up/sandbox.mjs').then(({ sandboxProblem }) => console.log(JSON.stringify(sandboxProblem(${JSON.stringify(of)}))))`
  return spawnSync(process.execPath, ['--eval', script], { encoding: 'utf8' }).stdout.trim()
}
const here = { isRoot: false, isForbidden: true, helperMode: 0o755, isOff: false }

it('if the system forbids its sandbox, the two commands are printed before Electron aborts', () => {
  expect(problem(here)).toMatch(/sudo chown root .*chrome-sandbox\\n {2}sudo chmod 4755/)
  expect(problem({ ...here, helperMode: 0o104755 })).toBe('null')
  expect(problem({ ...here, isForbidden: false })).toBe('null')
})

it('that Electron does not start as root is printed before, unless its sandbox is off', () => {
  expect(problem({ ...here, isRoot: true })).toContain('--no-sandbox')
  expect(problem({ ...here, isRoot: true, isOff: true })).toBe('null')
})
