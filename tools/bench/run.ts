import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { join, resolve } from 'node:path'
import { isReached, type Figure } from './figure.ts'
import { benchJobs } from './jobs.ts'
import { benchLogIns } from './log-ins.ts'
import { benchMemory } from './memory.ts'
import { benchStart, benchTable } from './page.ts'
import { benchEmbedded, benchRefresh } from './refresh.ts'
import { FULL, SMOKE, type Scale } from './scale.ts'
import { benchStore } from './store.ts'
import { benchIpc, benchLoop, benchRefreshGrowth } from './watching.ts'

/**
 * Measures Syncdeck side by side with what it could be at best: `npm run bench`, or with names only those measurements,
 * or with `--smoke` all of them at a small size. Prints a table and writes `out/bench.json` (`out/bench-smoke.json`).
 */
const MEASUREMENTS: Readonly<Record<string, (scale: Scale) => Promise<Figure[]>>> = {
  refresh: benchRefresh,
  embedded: benchEmbedded,
  store: benchStore,
  ipc: benchIpc,
  loop: benchLoop,
  growth: benchRefreshGrowth,
  jobs: benchJobs,
  logins: benchLogIns,
  memory: benchMemory,
  start: benchStart,
  table: benchTable,
}

const args = process.argv.slice(2)
const scale = args.includes('--smoke') ? SMOKE : FULL
const names = args.filter((arg) => !arg.startsWith('--'))
const chosen = Object.entries(MEASUREMENTS).filter(([name]) => names.length === 0 || names.includes(name))

const machine = {
  node: process.version,
  cpu: cpus()[0]?.model ?? '',
  cores: cpus().length,
  memoryGb: Math.round(totalmem() / 2 ** 30),
  platform: process.platform,
}
console.log(
  `On ${machine.cores} cores of ${machine.cpu}, ${machine.memoryGb} GB, Node ${machine.node}, ${machine.platform}`,
)
const figures: Figure[] = []
for (const [, measure] of chosen) {
  for (const figure of await measure(scale)) {
    figures.push(figure)
    console.log(line(figure))
  }
}
const folder = resolve(import.meta.dirname, '../../out')
mkdirSync(folder, { recursive: true })
writeFileSync(
  join(folder, scale.name === 'full' ? 'bench.json' : 'bench-smoke.json'),
  JSON.stringify(
    {
      machine,
      scale: scale.name,
      at: new Date().toISOString(),
      figures: Object.fromEntries(figures.map(({ key, ...figure }) => [key, figure])),
    },
    null,
    2,
  ),
)

function line(figure: Figure): string {
  const { key, value, spread, unit, reach, rounds, work, absolute } = figure
  const bound = reach === null ? '' : 'most' in reach ? `≤ ${reach.most}` : `= ${reach.exactly}`
  const verdict = reach === null || scale.name === 'smoke' ? '' : isReached(figure) ? 'reached' : 'FALLS SHORT'
  const parts = Object.entries(absolute).map(([name, amount]) => `${name} ${text(amount)}`)
  return `${key.padEnd(26)} ${`${text(value)} ${unit}`.padStart(12)}  ${bound.padEnd(8)} ${verdict.padEnd(12)} ${text(spread[0])}–${text(spread[1])} over ${rounds}   ${work}; ${parts.join(', ')}`
}

function text(value: number): string {
  return Number.isInteger(value)
    ? value.toLocaleString('en')
    : value.toLocaleString('en', { maximumSignificantDigits: 3 })
}
