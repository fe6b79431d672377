import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, it } from 'vitest'
import { patience } from '../../tools/patience.ts'
import { scratchFolder } from '../support/scratch.ts'

const ROOT = resolve(import.meta.dirname, '../..')

it(
  'the tour of `npm run demo` comes to its end, with a picture of each station',
  { timeout: patience(300_000) },
  () => {
    const folder = scratchFolder()
    const { status, stdout, stderr } = spawnSync(process.execPath, ['tools/tour/tour.ts', folder], {
      cwd: ROOT,
      encoding: 'utf8',
    })
    expect(status, stderr).toBe(0)
    const pictures = readdirSync(folder).sort()
    for (const station of [
      'tokens',
      'panel-large-dark',
      'german-large-light',
      'job-review-large-dark',
      'job-result-light',
      'pseudo-server',
      'dark',
    ])
      expect(
        pictures.some((name) => name.endsWith(`-${station}.png`)),
        station,
      ).toBe(true)
    for (const picture of pictures) expect(stdout).toContain(picture)
  },
)
