import { nextTick } from 'vue'
import { beforeEach, expect, it, vi } from 'vitest'
import { useServers } from '../../src-renderer/servers/servers.ts'
import { useOpenPanels } from '../../src-renderer/synchronizations/open-panels.ts'
import { useSynchronizations } from '../../src-renderer/synchronizations/synchronizations.ts'
import TaskDrawer from '../../src-renderer/tasks/TaskDrawer.vue'
import { useTasks } from '../../src-renderer/tasks/tasks.ts'
import { row, server, show, task } from './support.ts'

beforeEach(() => {
  // Naive UI's list asks it whether there is a touch screen.
  vi.stubGlobal('matchMedia', () => Object.assign(new EventTarget(), { matches: false }))
})

/** A hundred stops of one click, two of which failed, and an earlier one. */
function open() {
  const batch = Array.from({ length: 100 }, (_, index) =>
    task({
      id: `t${index}`,
      key: `INT-${index}`,
      batchId: 'all',
      state: 'ended',
      startedAt: 1000 + index,
      endedAt: 5000,
      outcome: index === 40 || index === 90 ? 'failed' : 'succeeded',
    }),
  )
  const earlier = task({
    id: 'first',
    key: 'INT-500',
    batchId: 'one',
    state: 'ended',
    startedAt: 1,
    endedAt: 2,
    outcome: 'succeeded',
  })
  const drawer = show(TaskDrawer, {}, () => {
    useServers().replace([server()])
    useSynchronizations().replace(batch.map(({ key }) => row({ key })))
    useTasks().replace([earlier, ...batch])
  })
  const tree = drawer.get<HTMLElement>('[role=tree]')
  return {
    drawer,
    tree,
    press: (key: string) => tree.trigger('keydown', { key }),
    place: () => Number(/-(\d+)$/.exec(tree.attributes('aria-activedescendant') ?? '')?.[1]),
  }
}

it('ended tasks, however many, are one tab stop, and every one of them is reached', async () => {
  const { drawer, tree, press, place } = open()
  await nextTick()
  expect(document.activeElement).toBe(tree.element)
  expect(drawer.findAll('[role=tree] [tabindex="0"], [role=tree] button')).toEqual([])
  await press('End')
  // The batch, its hundred, and the earlier one.
  expect(place()).toBe(101)
  await press('Home')
  await press('ArrowLeft')
  await press('End')
  expect(place()).toBe(1)
})

it('what failed comes first, can be shown alone, and is no problem any longer once it was tried again', async () => {
  const { drawer, press, place } = open()
  await nextTick()
  const opened: (string | null)[] = []
  for (let line = 0; line < 2; line += 1) {
    await press('ArrowDown')
    await press('Enter')
    opened.push(useOpenPanels().activeId)
  }
  expect(opened).toEqual(['s1 INT-40', 's1 INT-90'])
  const filter = drawer.get('[data-test=only-problems]')
  expect(filter.text()).toBe('2 tasks need attention')
  await filter.trigger('click')
  await press('End')
  expect(place()).toBe(1)
  const again = ['INT-40', 'INT-90'].map((key) =>
    task({
      id: `again ${key}`,
      key,
      batchId: 'again',
      state: 'ended',
      startedAt: 9000,
      endedAt: 9001,
      outcome: 'succeeded',
    }),
  )
  useTasks().replace([...useTasks().byId.values(), ...again])
  await nextTick()
  expect(drawer.find('[data-test=only-problems]').exists()).toBe(false)
})
