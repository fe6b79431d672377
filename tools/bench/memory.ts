import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { figureOf, type Figure } from './figure.ts'
import { openMain } from './main-process.ts'
import { BenchServers } from './servers.ts'
import type { Scale } from './scale.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const WARM_UP = 8

function usedMb(): number {
  collectGarbage()
  collectGarbage()
  const { heapUsed, external } = process.memoryUsage()
  return (heapUsed + external) / 2 ** 20
}

/**
 * What the main process keeps in memory with everything loaded, and how it grows while all of it is polled and changes.
 */
export async function benchMemory({ memory: { servers: count, perServer, polls }, rounds }: Scale): Promise<Figure[]> {
  const servers = await BenchServers.start({ count, synchronizations: perServer, embedsStatus: true })
  const before = usedMb()
  const main = await openMain(servers.baseUrls)
  const poll = async (): Promise<void> => {
    await servers.change()
    await Promise.all(main.serverIds.map((id) => main.services.reader.refresh(id)))
  }
  try {
    // What is made once – statements, connections, the first report of each synchronization – is there after some
    // polls.
    for (let index = 0; index < WARM_UP; index += 1) await poll()
    const loadedMb = usedMb() - before
    const measured = []
    for (let round = 0; round < rounds; round += 1) {
      const begin = usedMb()
      for (let index = 0; index < polls / rounds; index += 1) await poll()
      const end = usedMb()
      measured.push({
        value: (100 * (end - begin)) / begin,
        absolute: { mainMb: end, loadedMb, rssMb: process.memoryUsage().rss / 2 ** 20 },
      })
    }
    return [
      figureOf(
        {
          key: 'memory.mainMb',
          work: `growth with ${(count * perServer).toLocaleString('en')} synchronizations, all of which change, over ${polls} polls`,
          unit: '%',
          reach: { most: 2 },
        },
        measured,
      ),
    ]
  } finally {
    await main.close()
    servers.stop()
  }
}
