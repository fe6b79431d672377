import { mount } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, it } from 'vitest'
import type { Health, SynchronizationRow } from '#contract/synchronizations.ts'
import { useSynchronizations } from '../../src-renderer/synchronizations/synchronizations.ts'
import HealthBar from '../../src-renderer/ui/HealthBar.vue'

beforeEach(() => setActivePinia(createPinia()))

const row = (serverId: string, key: string, health: Health): SynchronizationRow =>
  ({ serverId, key, health }) as SynchronizationRow

it('the counts of a server follow every change of its rows', () => {
  const store = useSynchronizations()
  store.replace([row('a', 'INT-1', 'running'), row('a', 'INT-2', 'error'), row('b', 'INT-1', 'error')])
  expect(store.countsOf('a')).toEqual({ running: 1, error: 1 })
  store.apply({ put: [row('a', 'INT-1', 'error'), row('a', 'INT-3', 'stopped')], removed: [] })
  expect(store.countsOf('a')).toEqual({ running: 0, error: 2, stopped: 1 })
  store.apply({
    put: [],
    removed: [
      { serverId: 'a', key: 'INT-2' },
      { serverId: 'a', key: 'INT-9' },
    ],
  })
  expect(store.countsOf('a')).toEqual({ running: 0, error: 1, stopped: 1 })
  expect(store.countsOf('b')).toEqual({ error: 1 })
  expect(store.countsOf('c')).toEqual({})
  store.replace([])
  expect(store.countsOf('a')).toEqual({})
})

it('a bar names its shares, worst first, and leaves out empty ones', () => {
  const bar = mount(HealthBar, {
    props: { counts: { stopped: 2, running: 1_066, error: 9, unknown: 0 }, isStale: false },
  })
  const shares = bar.findAll('.share')
  expect(shares.map((share) => share.classes().at(-1))).toEqual(['health-error', 'health-running', 'health-stopped'])
  expect(shares.map((share) => share.attributes('style'))).toEqual([
    'flex-grow: 9;',
    'flex-grow: 1066;',
    'flex-grow: 2;',
  ])
  expect(bar.text()).toBe('9 Broken · 1,066 Running · 2 Stopped')
})
