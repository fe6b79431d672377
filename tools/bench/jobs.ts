import { curl, type CurlRequest } from './curl.ts'
import { figureOf, type Figure } from './figure.ts'
import { openMain, type BenchMain } from './main-process.ts'
import type { Scale } from './scale.ts'
import { BenchServers } from './servers.ts'

/** Stops everything by a job. Resolves with milliseconds, and how late the event loop was at worst. */
async function stopAll({ services, serverIds }: BenchMain): Promise<{ ms: number; stallMs: number }> {
  const { jobPlanner, jobs, jobStore, directory } = services
  const targets = serverIds.flatMap((serverId) => [...directory.keysOf(serverId)].map((key) => ({ serverId, key })))
  const { id } = await jobPlanner.plan('maintenance', targets)
  const over = new Promise<void>((resolve) => {
    jobStore.changed.on((job) => {
      if (job.id === id && job.state === 'ended') resolve()
    })
  })
  let stallMs = 0
  let last = performance.now()
  const watch = setInterval(() => {
    const now = performance.now()
    stallMs = Math.max(stallMs, now - last - TICK_MS)
    last = now
  }, TICK_MS)
  const begin = performance.now()
  jobs.begin(id, '')
  await over
  clearInterval(watch)
  return { ms: performance.now() - begin, stallMs }
}

const TICK_MS = 5

/** A job over many synchronizations, against the same requests sent by curl at the same limits. */
export async function benchJobs({ jobs: { servers: count, perServer, latencyMs }, rounds }: Scale): Promise<Figure[]> {
  const servers = await BenchServers.start({ count, synchronizations: perServer, latencyMs })
  const main = await openMain(servers.baseUrls)
  try {
    const measured = []
    const parallel = main.services.settings.get().requestsPerServer
    for (let index = 0; index < rounds; index += 1) {
      await servers.run()
      await Promise.all(main.serverIds.map((id) => main.services.reader.refresh(id, { isFresh: true })))
      await servers.list()
      const { ms, stallMs } = await stopAll(main)
      const sent = await servers.list()
      const requests = sent.map((list) => list.map(([method, address]): CurlRequest => ({ method, address })))
      const curlBegin = performance.now()
      await Promise.all(requests.map((list) => curl(list, parallel)))
      const curlMs = performance.now() - curlBegin
      measured.push({ ms, curlMs, stallMs, calls: requests.flat().length })
    }
    return [
      figureOf(
        {
          key: 'jobs.ratioToCurl',
          work: `${count * perServer} synchronizations of ${count} servers stopped by a job, ÷ the same requests by curl`,
          unit: '×',
          reach: { most: 1.1 },
        },
        measured.map(({ ms, curlMs, calls, stallMs }) => ({
          value: ms / curlMs,
          absolute: { ms, curlMs, calls, stallMs },
        })),
      ),
    ]
  } finally {
    await main.close()
    servers.stop()
  }
}
