import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { figureOf, growthExponent, type Figure } from './figure.ts'
import { openMain } from './main-process.ts'
import { BenchServers } from './servers.ts'
import type { Scale } from './scale.ts'

/** Bytes to the renderer: for the first list per row, and per changed row in steady state. */
export async function benchIpc({ ipc: { servers: count, perServer }, rounds }: Scale): Promise<Figure[]> {
  const servers = await BenchServers.start({ count, synchronizations: perServer, embedsStatus: true })
  const main = await openMain(servers.baseUrls)
  const readAll = (): Promise<unknown> => Promise.all(main.serverIds.map((id) => main.services.reader.refresh(id)))
  try {
    await readAll()
    const rows = main.services.directory.rows()
    const firstBytes = JSON.stringify(rows).length / rows.length
    const measured = []
    for (let index = 0; index < rounds; index += 1) {
      await servers.change()
      const before = { ...main.sent }
      await readAll()
      void main.services.events.sequence
      const changed = main.sent.changedRows - before.changedRows
      measured.push({
        value: (main.sent.bytes - before.bytes) / changed,
        absolute: { changedRows: changed, firstListBytesPerRow: firstBytes },
      })
    }
    return [
      figureOf(
        {
          key: 'ipc.bytesPerChange',
          work: `bytes to the renderer per changed row, ${count * perServer} rows`,
          unit: 'B',
          reach: null,
        },
        measured,
      ),
    ]
  } finally {
    await main.close()
    servers.stop()
  }
}

/** The delay of the main process's event loop while many servers are polled. */
export async function benchLoop({ loop: { servers: count, perServer, seconds }, rounds }: Scale): Promise<Figure[]> {
  const servers = await BenchServers.start({ count, synchronizations: perServer, embedsStatus: true })
  const main = await openMain(servers.baseUrls)
  try {
    // Measured from the start on: after the first lists all details and conflicts are due at once, which is the most
    // there is to do.
    main.services.watching.start()
    await delay(Math.min(3_000, seconds * 1000))
    const measured = []
    for (let index = 0; index < rounds; index += 1) {
      await servers.requests()
      const histogram = monitorEventLoopDelay({ resolution: 5 })
      histogram.enable()
      await delay((seconds * 1000) / rounds)
      histogram.disable()
      // The histogram counts the timer's own interval with it.
      const ms = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - 5)
      measured.push({
        value: ms(histogram.percentile(99)),
        absolute: { p50Ms: ms(histogram.percentile(50)), maxMs: ms(histogram.max), requests: await servers.requests() },
      })
    }
    return [
      figureOf(
        {
          key: 'main.loopDelayP99Ms',
          work: `${count} servers × ${perServer} synchronizations polled every 30 s`,
          unit: 'ms',
          reach: { most: 20 },
        },
        measured,
      ),
    ]
  } finally {
    await main.close()
    servers.stop()
  }
}

/** How the time of one round grows with the number of synchronizations. */
export async function benchRefreshGrowth({ growth: { sizes }, rounds }: Scale): Promise<Figure[]> {
  const points: { size: number; costs: number[] }[] = []
  for (const size of sizes) {
    const servers = await BenchServers.start({ count: 4, synchronizations: size / 4, embedsStatus: true })
    const main = await openMain(servers.baseUrls)
    const readAll = (): Promise<unknown> => Promise.all(main.serverIds.map((id) => main.services.reader.refresh(id)))
    try {
      await readAll()
      const costs: number[] = []
      for (let index = 0; index < rounds; index += 1) {
        const begin = process.cpuUsage()
        await readAll()
        const { user, system } = process.cpuUsage(begin)
        costs.push((user + system) / 1000)
      }
      points.push({ size, costs })
    } finally {
      await main.close()
      servers.stop()
    }
  }
  const measured = Array.from({ length: rounds }, (_, index) => ({
    value: growthExponent(points.map(({ size, costs }) => ({ size, cost: costs[index] ?? Number.NaN }))),
    absolute: Object.fromEntries(points.map(({ size, costs }) => [`cpuMsAt${size}`, costs[index] ?? Number.NaN])),
  }))
  return [
    figureOf(
      {
        key: 'growth.refresh',
        work: `exponent of a round’s processor time over ${sizes.join(', ')} synchronizations`,
        unit: '',
        reach: { most: 1.1 },
      },
      measured,
    ),
  ]
}
