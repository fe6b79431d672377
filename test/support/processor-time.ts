/** Processor time of the main thread in ms: in all, and the most without giving way. Waiting for a processor is not counted. */
export async function processorTime(work: () => unknown): Promise<{ total: number; longest: number }> {
  let longest = 0
  let isOver = false
  const used = (): number => {
    const { user, system } = process.threadCpuUsage()
    return (user + system) / 1000
  }
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
