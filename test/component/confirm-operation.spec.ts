import { flushPromises } from '@vue/test-utils'
import { expect, it } from 'vitest'
import ConfirmOperation from '../../src-renderer/tasks/ConfirmOperation.vue'
import { useServers } from '../../src-renderer/servers/servers.ts'
import { useTasks } from '../../src-renderer/tasks/tasks.ts'
import { useUndo } from '../../src-renderer/ui/undo.ts'
import { row, server, show, stubBridge, task, type AnswerTo } from './support.ts'

const find = (name: string): HTMLElement | null => document.querySelector(`[data-test="${name}"]`)

function open(
  environment: 'production' | 'test',
  answer: AnswerTo<'synchronizations:stop'> = () => ({ taskIds: ['t'] }),
) {
  document.body.innerHTML = ''
  const asked = stubBridge({ 'synchronizations:stop': answer })
  const rows = [row(), row({ key: 'INT-3', summary: 'Another' })]
  show(ConfirmOperation, { operation: 'stop', rows }, () => useServers().replace([server({ environment })]))
  return asked
}

it('lists every synchronization by key and name, grouped by server', async () => {
  open('test')
  await flushPromises()
  const text = document.body.textContent
  for (const part of ['Stop 2 synchronizations?', 'Vienna', 'INT-2', 'Agile Project <> Project B', 'INT-3', 'Another'])
    expect(text).toContain(part)
})

it('says of each server how many it is, as the list may be longer than the dialog', async () => {
  stubBridge()
  const rows = ['A', 'B', 'C'].map((key) => row({ key, serverId: key === 'C' ? 's2' : 's1' }))
  show(ConfirmOperation, { operation: 'stop', rows }, () =>
    useServers().replace([server(), server({ id: 's2', name: 'Graz' })]),
  )
  await flushPromises()
  const totals = [...document.querySelectorAll('[data-test=server-total]')].map((total) => total.textContent.trim())
  expect(totals).toEqual(['2', '1'])
})

it('sends nothing before it is confirmed, and only references after', async () => {
  const asked = open('test')
  await flushPromises()
  expect(asked).toEqual([])
  find('confirm')?.click()
  await flushPromises()
  expect(asked).toEqual([
    {
      channel: 'synchronizations:stop',
      args: {
        targets: [
          { serverId: 's1', key: 'INT-2' },
          { serverId: 's1', key: 'INT-3' },
        ],
      },
    },
  ])
})

it('on production asks for one more deliberate step', async () => {
  const asked = open('production')
  await flushPromises()
  find('confirm')?.click()
  expect(asked).toEqual([])
  find('confirm-production')?.click()
  await flushPromises()
  find('confirm')?.click()
  await flushPromises()
  expect(asked).toHaveLength(1)
})

it('is sent once, however often it is clicked', async () => {
  const asked = open('test', () => new Promise(() => undefined))
  await flushPromises()
  for (let click = 0; click < 3; click += 1) find('confirm')?.click()
  await flushPromises()
  expect(asked).toHaveLength(1)
})

it('shows why it was refused, and stays open', async () => {
  open('test', () => {
    throw Object.assign({}, { code: 'synchronization.unknown', message: 'INT-3 is no longer in the list.' })
  })
  await flushPromises()
  find('confirm')?.click()
  await flushPromises()
  expect(document.body.textContent).toContain('INT-3 is no longer in the list.')
})

it('what is on a server that cannot be asked is left out, and said to be', async () => {
  const away = server({
    id: 's2',
    name: 'Away',
    access: { state: 'blocked', reason: 'rejected', since: 1, attempts: 1, nextAttemptAt: 2, loginUrl: null },
  })
  document.body.innerHTML = ''
  const asked = stubBridge({ 'synchronizations:start': () => ({ taskIds: ['t'] }) })
  const stopped = [row({ health: 'stopped' }), row({ serverId: 's2', key: 'INT-9', health: 'stopped' })]
  show(ConfirmOperation, { operation: 'start', rows: stopped }, () => useServers().replace([server(), away]))
  await flushPromises()
  expect(document.body.textContent).toContain(
    'Away responds, but Syncdeck is not logged in there. 1 synchronization there is left out.',
  )
  find('confirm')?.click()
  await flushPromises()
  expect(asked.find(({ channel }) => channel === 'synchronizations:start')?.args).toEqual({
    targets: [{ serverId: 's1', key: 'INT-2' }],
  })
})

it('what was stopped is offered for undoing', async () => {
  open('test')
  await flushPromises()
  find('confirm')?.click()
  await flushPromises()
  useTasks().apply({ put: [task({ id: 't', state: 'ended', outcome: 'succeeded' })], removedIds: [] })
  await flushPromises()
  expect(useUndo().offer?.words).toBe('Stopped INT-2.')
})

it('what runs already is left out of a start, and counted', async () => {
  const asked = stubBridge({ 'synchronizations:start': () => ({ taskIds: ['t'] }) })
  const rows = [row(), row({ key: 'INT-3', health: 'stopped' })]
  show(ConfirmOperation, { operation: 'start', rows }, () => useServers().replace([server()]))
  await flushPromises()
  expect(document.body.textContent).toContain('Start 1 synchronization?')
  expect(find('pointless')?.textContent.trim()).toBe('1 is already running and is left out.')
  find('confirm')?.click()
  await flushPromises()
  expect(asked.map(({ args }) => args)).toEqual([{ targets: [{ serverId: 's1', key: 'INT-3' }] }])
})
