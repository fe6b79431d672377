import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { defineComponent, ref, shallowRef } from 'vue'
import { CELL_MS, CELLS, type Strip } from '../../src-contract/monitoring.ts'
import { refId, type SynchronizationRow } from '../../src-contract/synchronizations.ts'
import { useStrips } from '../../src-renderer/history/use-strips.ts'
import { row, stubBridge } from './support.ts'

const strip = (health: Strip[number]): Strip => Array.from({ length: CELLS }, () => health)
const rowsOf = (...keys: string[]): SynchronizationRow[] => keys.map((key) => row({ key, health: 'running' }))

beforeEach(() => void vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

/** What follows the rows that are shown; `answer` is how the main process answers. */
function stripsOf(rows: SynchronizationRow[], answer: (refs: { key: string }[]) => Promise<Strip[]> | Strip[]) {
  const asked = stubBridge({
    'history:strips': async ({ refs }: { refs: { key: string }[] }) => ({ from: 0, strips: await answer(refs) }),
  })
  const shown = shallowRef<readonly SynchronizationRow[]>(rows)
  const now = ref(10 * CELL_MS)
  let strips: ReturnType<typeof useStrips> | undefined
  const wrapper = mount(
    defineComponent({
      setup: () => {
        strips = useStrips(() => shown.value, now)
        return () => null
      },
    }),
  )
  return {
    shown,
    now,
    wrapper,
    pass: async (milliseconds: number) => {
      await vi.advanceTimersByTimeAsync(milliseconds)
      await flushPromises()
    },
    of: (key: string) => strips?.value.get(refId(row({ key })))?.[0],
    keysAsked: () =>
      asked.map(({ args }) => (args as { refs: { key: string }[] }).refs.map(({ key }) => key).join(' ')),
  }
}

it('scrolling asks for the rows it ends at, and for each once', async () => {
  const { shown, pass, keysAsked, of } = stripsOf(rowsOf('A', 'B'), (refs) => refs.map(() => strip('running')))
  await pass(60)
  shown.value = rowsOf('B', 'C')
  await pass(60)
  shown.value = rowsOf('C', 'D')
  await pass(200)
  expect(keysAsked()).toEqual(['A B', 'C D'])
  expect(['A', 'C', 'D', 'E'].map(of)).toEqual(['running', 'running', 'running', undefined])
  shown.value = rowsOf('D', 'E')
  await pass(200)
  expect(keysAsked()).toEqual(['A B', 'C D', 'E'])
})

it('a row whose state changed is requested again, and all are when a cell is over', async () => {
  const { shown, now, pass, keysAsked } = stripsOf(rowsOf('A', 'B'), (refs) => refs.map(() => strip('running')))
  await pass(200)
  shown.value = [row({ key: 'A', health: 'error' }), ...rowsOf('B')]
  await pass(200)
  now.value += CELL_MS
  await pass(200)
  expect(keysAsked()).toEqual(['A B', 'A', 'A B'])
})

it('a late answer does not replace that to a later question', async () => {
  const answers: ((strips: Strip[]) => void)[] = []
  const { shown, pass, of } = stripsOf(rowsOf('A'), () => new Promise((resolve) => answers.push(resolve)))
  await pass(200)
  shown.value = [row({ key: 'A', health: 'error' })]
  await pass(200)
  answers[1]?.([strip('error')])
  await pass(0)
  answers[0]?.([strip('running')])
  await pass(0)
  expect(of('A')).toBe('error')
})

it('what cannot be read is not there, and is asked for again when it is shown again', async () => {
  let isBroken = true
  const { shown, pass, of, keysAsked } = stripsOf(rowsOf('A'), (refs) => {
    if (isBroken) throw Object.assign(new Error('no'), { code: 'internal' })
    return refs.map(() => strip('running'))
  })
  await pass(200)
  expect(of('A')).toBeUndefined()
  isBroken = false
  shown.value = []
  await pass(200)
  shown.value = rowsOf('A')
  await pass(200)
  expect(keysAsked()).toEqual(['A', 'A'])
  expect(of('A')).toBe('running')
})
