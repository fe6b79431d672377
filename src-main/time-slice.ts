/** Long enough to get something done, short enough for the window to be drawn in between. */
const SLICE_MS = 4

const waiting: (() => void)[] = []

/** One slice runs in each turn of the event loop, however many are waiting: they do not add up. */
function goOn(): void {
  waiting.shift()?.()
  if (waiting.length > 0) setImmediate(goOn)
}

/**
 * Divides long work on the main thread, which is also the window's, so that everything else gets its turn in between:
 * `if (slice.isOver) await slice.next()` between two steps of less than a millisecond.
 */
export class TimeSlice {
  #until = performance.now() + SLICE_MS

  get isOver(): boolean {
    return performance.now() >= this.#until
  }

  /** Resolves at the beginning of the next slice. */
  async next(): Promise<void> {
    await new Promise<void>((resolve) => {
      if (waiting.push(resolve) === 1) setImmediate(goOn)
    })
    this.#until = performance.now() + SLICE_MS
  }
}

/** Like `map`, in time slices. */
export async function mapInSlices<From, To>(items: Iterable<From>, map: (item: From) => To): Promise<To[]> {
  const mapped: To[] = []
  const slice = new TimeSlice()
  for (const item of items) {
    mapped.push(map(item))
    if (slice.isOver) await slice.next()
  }
  return mapped
}
