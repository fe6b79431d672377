import { createHash } from 'node:crypto'

function used(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

/**
 * Main-thread CPU time in ms: the total, and the longest stretch without yielding. Waiting for a CPU is not counted.
 */
export async function processorTime(work: () => unknown): Promise<{ total: number; longest: number }> {
  let longest = 0
  let isOver = false
  const start = used()
  let last = start
  const look = (): void => {
    const now = used()
    longest = Math.max(longest, now - last)
    last = now
    if (!isOver) setImmediate(look)
  }
  setImmediate(look)
  await work()
  isOver = true
  look()
  return { total: last - start, longest }
}

const MOST_RUNS = 8

/**
 * The most processor time without giving way, in ms, of the best of up to eight runs; the first within `limitMs` is
 * enough. What the code does in one go is in each of them. A collection of garbage, or what a neighbour does to the
 * processor's caches, is not.
 */
export async function leastStretch(limitMs: number, work: () => unknown): Promise<number> {
  let least = Infinity
  for (let run = 0; run < MOST_RUNS && least >= limitMs; run += 1)
    least = Math.min(least, (await processorTime(work)).longest)
  return least
}

/** A fixed piece of work, long enough to be measured, that says how fast this machine is just now. */
function yardstick(): void {
  const hash = createHash('sha256')
  const megabyte = Buffer.alloc(1_000_000)
  for (let count = 0; count < 50; count += 1) hash.update(megabyte)
  hash.digest()
}

/**
 * How many times the processor time of hashing fifty megabytes some work takes, both in this run: the same on a slow
 * and on a busy machine. What takes a square of its input's length is far beyond any limit by this.
 */
export async function timesYardstick(work: () => unknown): Promise<number> {
  const begun = used()
  await work()
  const between = used()
  yardstick()
  return (between - begun) / (used() - between)
}
