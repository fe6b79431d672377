import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'
import { electronExecutable } from './tools/launch/launch-syncdeck.ts'

const shared = { environment: 'node', testTimeout: 20_000, hookTimeout: 30_000 }

export default defineConfig({
  test: {
    projects: [
      { test: { ...shared, name: 'unit', include: ['test/unit/**/*.spec.ts'] } },
      { test: { ...shared, name: 'contract', include: ['test/contract/**/*.spec.ts'] } },
      { test: { ...shared, name: 'security', include: ['test/security/**/*.spec.ts'] } },
      {
        plugins: [vue()],
        test: { ...shared, name: 'component', include: ['test/component/**/*.spec.ts'], environment: 'jsdom' },
      },
      { test: { ...shared, name: 'faults', include: ['test/faults/**/*.spec.ts'], testTimeout: 120_000 } },
      { test: { ...shared, name: 'host', include: ['test/host/**/*.spec.ts'], testTimeout: 60_000 } },
      // What only Electron's own program can show, where it is there.
      ...(electronExecutable() === null ? [] : [{ test: { ...shared, name: 'electron', include: ['test/electron/**/*.spec.ts'], testTimeout: 60_000, fileParallelism: false } }]),
      // Each starts a whole application; two at once would only wait for each other.
      {
        test: {
          ...shared,
          name: 'e2e',
          include: ['test/e2e/**/*.spec.ts', 'test/bench/**/*.spec.ts'],
          testTimeout: 90_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
