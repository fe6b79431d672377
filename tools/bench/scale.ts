/** How much work is measured. */
export interface Scale {
  readonly name: 'full' | 'smoke'
  readonly rounds: number
  readonly refresh: { readonly servers: number; readonly perServer: number; readonly latencyMs: number }
  readonly jobs: { readonly servers: number; readonly perServer: number; readonly latencyMs: number }
  readonly embedded: { readonly servers: number; readonly perServer: number }
  readonly store: { readonly rows: number }
  readonly ipc: { readonly servers: number; readonly perServer: number }
  readonly loop: { readonly servers: number; readonly perServer: number; readonly seconds: number }
  /** Starts that are not measured come first, so that each profile is as it will be. */
  readonly start: { readonly rows: number; readonly warmUps: number }
  readonly table: {
    readonly rows: number
    readonly keystrokes: number
    readonly scrollSeconds: number
    readonly changesPerSecond: number
  }
  readonly memory: { readonly servers: number; readonly perServer: number; readonly polls: number }
  readonly logIns: { readonly synchronizations: number; readonly hours: number; readonly orders: number }
  readonly growth: { readonly sizes: readonly number[] }
}

export const FULL: Scale = {
  name: 'full',
  rounds: 5,
  refresh: { servers: 8, perServer: 250, latencyMs: 50 },
  jobs: { servers: 20, perServer: 50, latencyMs: 50 },
  embedded: { servers: 20, perServer: 50 },
  store: { rows: 10_000 },
  ipc: { servers: 4, perServer: 500 },
  loop: { servers: 100, perServer: 200, seconds: 30 },
  start: { rows: 10_000, warmUps: 1 },
  table: { rows: 20_000, keystrokes: 20, scrollSeconds: 5, changesPerSecond: 200 },
  memory: { servers: 100, perServer: 200, polls: 20 },
  logIns: { synchronizations: 100, hours: 24, orders: 1_000 },
  growth: { sizes: [1_000, 5_000, 20_000] },
}

/** Small enough for every run of the tests: shows that all of it still runs, and judges nothing. */
export const SMOKE: Scale = {
  name: 'smoke',
  rounds: 1,
  refresh: { servers: 2, perServer: 6, latencyMs: 5 },
  jobs: { servers: 2, perServer: 5, latencyMs: 5 },
  embedded: { servers: 2, perServer: 5 },
  store: { rows: 200 },
  ipc: { servers: 1, perServer: 20 },
  loop: { servers: 2, perServer: 5, seconds: 1 },
  start: { rows: 200, warmUps: 0 },
  table: { rows: 200, keystrokes: 2, scrollSeconds: 0.5, changesPerSecond: 20 },
  memory: { servers: 2, perServer: 10, polls: 2 },
  logIns: { synchronizations: 5, hours: 1, orders: 4 },
  growth: { sizes: [40, 200] },
}
