/** One measured figure: a ratio or a value, what it should reach, and the absolute values it was made of. */
export interface Figure {
  readonly key: string
  /** What was done, in a few words. */
  readonly work: string
  /** Median of the rounds. */
  readonly value: number
  /** Smallest and largest of the rounds. */
  readonly spread: readonly [number, number]
  readonly rounds: number
  readonly unit: string
  /** The bound that it should keep; null if it is only reported. */
  readonly reach: { readonly most: number } | { readonly exactly: number } | null
  /** Medians of what it was made of, with their units in the names. */
  readonly absolute: Readonly<Record<string, number>>
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const [low = Number.NaN, high = Number.NaN] = [sorted[sorted.length % 2 === 1 ? middle : middle - 1], sorted[middle]]
  return (low + high) / 2
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
}

/** A figure over several rounds, each with its own value. */
export function figureOf(
  about: Pick<Figure, 'key' | 'work' | 'unit' | 'reach'>,
  rounds: readonly { readonly value: number; readonly absolute: Readonly<Record<string, number>> }[],
): Figure {
  const values = rounds.map(({ value }) => value)
  const names = Object.keys(rounds[0]?.absolute ?? {})
  return {
    ...about,
    value: median(values),
    spread: [Math.min(...values), Math.max(...values)],
    rounds: rounds.length,
    absolute: Object.fromEntries(
      names.map((name) => [name, median(rounds.map(({ absolute }) => absolute[name] ?? Number.NaN))]),
    ),
  }
}

/** Whether a figure keeps its bound; true if it has none. */
export function isReached({ value, reach }: Figure): boolean {
  if (reach === null) return true
  return 'most' in reach ? value <= reach.most : value === reach.exactly
}

/** Slope of the line through the logarithms: the exponent of growth (least squares). */
export function growthExponent(points: readonly { readonly size: number; readonly cost: number }[]): number {
  const logs = points.map(({ size, cost }) => ({ x: Math.log(size), y: Math.log(cost) }))
  const mean = (pick: (log: { x: number; y: number }) => number): number =>
    logs.reduce((sum, log) => sum + pick(log), 0) / logs.length
  const [meanX, meanY] = [mean(({ x }) => x), mean(({ y }) => y)]
  const over = logs.reduce((sum, { x, y }) => sum + (x - meanX) * (y - meanY), 0)
  return over / logs.reduce((sum, { x }) => sum + (x - meanX) ** 2, 0)
}
