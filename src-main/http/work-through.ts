/**
 * Processes `items` with at most `limit` at once, so that other requests to the same server wait for one of them and
 * not for all. The first failure ends it, once those under way have ended; `isOver` can end it between two items.
 */
export async function workThrough<T>(
  items: Iterable<T>,
  limit: number,
  work: (item: T) => Promise<void>,
  isOver: () => boolean = () => false,
): Promise<void> {
  const iterator = items[Symbol.iterator]()
  let failure: { readonly reason: unknown } | null = null
  const worker = async (): Promise<void> => {
    while (failure === null && !isOver()) {
      const next = iterator.next()
      if (next.done === true) return
      try {
        await work(next.value)
      } catch (reason) {
        failure ??= { reason }
      }
    }
  }
  await Promise.all(Array.from({ length: Math.max(1, limit) }, worker))
  if (failure !== null) throw (failure as { readonly reason: unknown }).reason
}
