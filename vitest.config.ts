import { availableParallelism } from 'node:os'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'
import { electronExecutable } from './tools/launch/launch-syncdeck.ts'
import { MixedOrder } from './tools/mixed-order.ts'
import { measureSlowness, patience } from './tools/patience.ts'

/** More than there are cores: every spec waits for something now and then, and windows wait half of their time. */
const workers = availableParallelism() + 2
// Before any limit is asked for; the workers inherit it.
measureSlowness()

/** Each stands in for Electron in its own way. */
const ON_ELECTRON = 'test/unit/on-electron/*.spec.ts'

/** Computing, for the most part. */
const computing = {
  environment: 'node' as const,
  testTimeout: patience(40_000),
  hookTimeout: patience(40_000),
  maxWorkers: workers,
}
/** Each starts a whole application with a profile of its own, and mostly waits for what it shows. */
const windows = {
  ...computing,
  testTimeout: patience(120_000),
  hookTimeout: patience(60_000),
  setupFiles: ['test/support/own-display.ts'],
}

export default defineConfig({
  test: {
    sequence: { sequencer: MixedOrder },
    projects: [
      // Most of what a short spec takes is loading main: one process loads it once, for all that it runs.
      {
        test: {
          ...computing,
          name: 'unit',
          include: ['test/unit/**/*.spec.ts'],
          exclude: [ON_ELECTRON],
          isolate: false,
        },
      },
      { test: { ...computing, name: 'on-electron', include: [ON_ELECTRON] } },
      { test: { ...computing, name: 'contract', include: ['test/contract/**/*.spec.ts'], isolate: false } },
      { test: { ...computing, name: 'security', include: ['test/security/**/*.spec.ts'] } },
      {
        plugins: [vue()],
        test: {
          ...computing,
          name: 'component',
          include: ['test/component/**/*.spec.ts'],
          environment: 'jsdom',
          // Loading the components takes longer than most specs: one page for all, which the set-up empties between
          // them.
          isolate: false,
          setupFiles: ['test/component/setup.ts'],
        },
      },
      { test: { ...computing, name: 'faults', include: ['test/faults/**/*.spec.ts'], testTimeout: patience(120_000) } },
      // A round of each in the suite; `npm run attack` gives them time and seeds.
      { test: { ...computing, name: 'attack', include: ['test/attack/**/*.spec.ts'] } },
      { test: { ...windows, name: 'host', include: ['test/host/**/*.spec.ts'] } },
      // What only Electron's own program can show, where it is there.
      ...(electronExecutable() === null
        ? []
        : [{ test: { ...windows, name: 'electron', include: ['test/electron/**/*.spec.ts'] } }]),
      { test: { ...windows, name: 'e2e', include: ['test/e2e/**/*.spec.ts', 'test/bench/**/*.spec.ts'] } },
    ],
  },
})
