import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'
import type { Figure } from '../../tools/bench/figure.ts'
import { growthExponent, isReached, median, percentile } from '../../tools/bench/figure.ts'
import { patience } from '../../tools/patience.ts'

const ROOT = resolve(import.meta.dirname, '../..')

const KEYS = [
  'refresh.ratioToCurl',
  'refresh.ratioToIdeal',
  'refresh.callsEmbedded',
  'refresh.cpuMsPerCall',
  'start.ratioToEmpty',
  'table.filterRatio',
  'table.longFrames',
  'ipc.bytesPerChange',
  'store.ratioToRaw',
  'main.loopDelayP99Ms',
  'memory.mainMb',
  'memory.rendererMb',
  'jobs.ratioToCurl',
  'logins.perDay',
  'logins.failedWorst',
  'growth.refresh',
  'growth.start',
  'growth.filter',
]

it('every measurement still runs, at a small size and without a verdict', { timeout: patience(180_000) }, () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['tools/bench/run.ts', '--smoke'], {
    cwd: ROOT,
    encoding: 'utf8',
  })
  expect(status, stderr).toBe(0)
  expect(stdout).not.toMatch(/reached|FALLS SHORT/)
  const { figures, machine } = JSON.parse(readFileSync(join(ROOT, 'out/bench-smoke.json'), 'utf8')) as {
    figures: Record<string, Figure>
    machine: { cores: number }
  }
  expect(Object.keys(figures).sort()).toEqual([...KEYS].sort())
  for (const [key, { value, rounds }] of Object.entries(figures)) {
    expect(Number.isFinite(value), key).toBe(true)
    expect(rounds, key).toBe(1)
  }
  expect(figures['refresh.callsEmbedded']?.value).toBe(2)
  expect(machine.cores).toBeGreaterThan(0)
})

it('figures are computed as they say', () => {
  expect(median([3, 1, 2])).toBe(2)
  expect(median([4, 1, 2, 3])).toBe(2.5)
  expect(
    percentile(
      Array.from({ length: 100 }, (_, index) => index),
      0.95,
    ),
  ).toBe(95)
  expect(
    growthExponent([
      { size: 10, cost: 5 },
      { size: 100, cost: 500 },
      { size: 1000, cost: 50_000 },
    ]),
  ).toBeCloseTo(2)
  const figure = { key: '', work: '', value: 20, spread: [20, 20], rounds: 1, unit: '', absolute: {} } as const
  expect(isReached({ ...figure, reach: { exactly: 20 } })).toBe(true)
  expect(isReached({ ...figure, reach: { exactly: 21 } })).toBe(false)
  expect(isReached({ ...figure, reach: { most: 19 } })).toBe(false)
  expect(isReached({ ...figure, reach: null })).toBe(true)
})
