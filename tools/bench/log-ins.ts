import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { figureOf, type Figure } from './figure.ts'
import type { Scale } from './scale.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const SPECS = ['unit/log-in-day', 'unit/log-in-orders']

/**
 * Log-ins that the simulated server counted: over a day of watching, and the failed ones that a single act led to in
 * random orders of events.
 */
export async function benchLogIns({ logIns: { synchronizations, hours, orders } }: Scale): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'syncdeck-bench-log-ins-'))
  try {
    const env = {
      ...process.env,
      SYNCDECK_FIGURES: folder,
      SYNCDECK_SYNCHRONIZATIONS: String(synchronizations),
      SYNCDECK_HOURS: String(hours),
      SYNCDECK_RUNS: String(orders),
    }
    const failure = await promisify(execFile)(
      process.execPath,
      ['node_modules/vitest/vitest.mjs', 'run', '--project', 'unit', ...SPECS],
      { cwd: ROOT, env, maxBuffer: 2 ** 26 },
    ).then(
      () => null,
      (error: unknown) => new Error('A spec of log-ins failed.', { cause: error }),
    )
    const read = <T>(name: string): T => {
      const path = join(folder, `${name}.json`)
      if (failure !== null && !existsSync(path)) throw failure
      return JSON.parse(readFileSync(path, 'utf8')) as T
    }
    const day = read<{ logIns: number; requests: number }>('log-in-day')
    const halves = [0, 1].map((half) =>
      read<{ failedWorst: number; lived: number; broken: readonly string[] }>(`log-in-orders-${half}`),
    )
    const failedWorst = Math.max(...halves.map((half) => half.failedWorst))
    const broken = halves.flatMap((half) => half.broken)
    for (const promises of broken) console.error(`An order of events broke a promise: ${promises}`)
    // The figures speak for themselves; any other failure must not pass as a figure.
    if (failure !== null && day.logIns === 1 && failedWorst <= 1 && broken.length === 0) throw failure
    return [
      figureOf(
        {
          key: 'logins.perDay',
          work: `${synchronizations} synchronizations of one server watched for ${hours} simulated h`,
          unit: 'log-ins',
          reach: { exactly: 1 },
        },
        [{ value: day.logIns, absolute: { requests: day.requests } }],
      ),
      figureOf(
        {
          key: 'logins.failedWorst',
          work: 'failed log-ins that one act led to, the worst of random orders of events',
          unit: 'log-ins',
          reach: { most: 1 },
        },
        [
          {
            value: failedWorst,
            absolute: { orders: halves.reduce((sum, { lived }) => sum + lived, 0), broken: broken.length },
          },
        ],
      ),
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
