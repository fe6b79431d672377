import { flushPromises } from '@vue/test-utils'
import { expect, it } from 'vitest'
import { foreign, message } from '../../src-contract/messages/message.ts'
import type { ListedServer } from '../../src-contract/servers.ts'
import ImportServersDialog from '../../src-renderer/servers/ImportServersDialog.vue'
import { useServers } from '../../src-renderer/servers/servers.ts'
import TestServersDialog from '../../src-renderer/servers/TestServersDialog.vue'
import { server, show, stubBridge, type AnswerTo } from './support.ts'

const find = (name: string): HTMLElement | null => document.querySelector(`[data-test="${name}"]`)
const all = (name: string): string[] =>
  [...document.querySelectorAll(`[data-test="${name}"]`)].map(({ textContent }) => textContent.trim())
async function click(name: string): Promise<void> {
  find(name)?.click()
  await flushPromises()
}

const listed = (line: number, more: Partial<ListedServer> = {}): ListedServer => ({
  line,
  name: `Server ${line}`,
  baseUrl: `https://s${line}.example`,
  environment: 'test',
  user: 'admin',
  isKnown: false,
  problem: null,
  ...more,
})

async function open(answer: AnswerTo<'servers:plan-import'>) {
  const asked = stubBridge({
    'servers:plan-import': answer,
    'servers:import': ({ servers }) => servers.map(({ name }) => server({ id: name })),
  })
  const added: string[][] = []
  show(ImportServersDialog, { onAdded: (ids: string[]) => added.push(ids) })
  await flushPromises()
  return { asked, added }
}

async function paste(text: string): Promise<void> {
  const field = document.querySelector('textarea')
  if (field === null) throw new Error('There is no field')
  field.value = text
  field.dispatchEvent(new Event('input'))
  await flushPromises()
  await click('preview-list')
}

it('a pasted list is shown line by line; only what is well and wanted is added, and only when told', async () => {
  const known = message('errors.serverList.known')
  const { asked, added } = await open(() => ({
    lines: [
      listed(1),
      listed(2),
      listed(3, { problem: known, isKnown: true }),
      listed(4, { baseUrl: null, problem: foreign('No.') }),
    ],
  }))
  await paste('a list')
  expect(asked).toEqual([{ channel: 'servers:plan-import', args: { text: 'a list' } }])
  expect(all('listed-server')).toHaveLength(4)
  for (const words of ['Server 1', 'https://s1.example', 'test', 'admin'])
    expect(all('listed-server')[0]).toContain(words)
  expect(all('listed-problem')).toEqual(['This server is already in Syncdeck.', 'No.'])
  expect(all('listed-wrong')).toEqual(['2 lines cannot be added.'])
  document.querySelector<HTMLElement>('[aria-label="Add Server 2"]')?.click()
  await flushPromises()
  expect(find('add-listed')?.textContent.trim()).toBe('Add 1 server')
  await click('add-listed')
  expect(asked.at(-1)?.args).toEqual({
    servers: [{ name: 'Server 1', address: 'https://s1.example', environment: 'test', user: 'admin' }],
  })
  expect(added).toEqual([['Server 1']])
})

it('a file is chosen in the main process; a refusal is said, and a choice of none changes nothing', async () => {
  let answer: () => null = () => null
  const { asked } = await open(() => answer())
  await click('choose-list')
  expect(asked).toEqual([{ channel: 'servers:plan-import', args: { text: null } }])
  expect(find('choose-list')).not.toBeNull()
  answer = () => {
    throw Object.assign({}, { code: 'input.invalid', message: 'The list has passwords.' })
  }
  await click('choose-list')
  expect(document.body.textContent).toContain('The list has passwords.')
})

it('of several addresses on one line, one can be left out', async () => {
  const { asked } = await open(() => ({ lines: [listed(1), listed(1, { name: 'Other' })] }))
  await paste('a list')
  document.querySelector<HTMLElement>('[aria-label="Add Other"]')?.click()
  await flushPromises()
  await click('add-listed')
  expect(asked.at(-1)?.args).toMatchObject({ servers: [{ name: 'Server 1' }] })
})

it('all are tested when told; each shows its result as soon as it is known, and offers what helps', async () => {
  const basic = { kind: 'basic', user: 'admin', kept: 'keychain' } as const
  const list = [
    server({ id: 'a', name: 'A', credential: basic }),
    server({ id: 'b', name: 'B', credential: basic }),
    server({ id: 'c', name: 'C', credential: { ...basic, kept: 'missing' } }),
  ]
  const done = Promise.withResolvers<undefined>()
  const asked = stubBridge({ 'servers:test-all': () => done.promise, 'servers:stop-test': () => undefined })
  const shown = show(TestServersDialog, { serverIds: list.map(({ id }) => id) }, () => useServers().replace(list))
  await flushPromises()
  expect(asked).toEqual([])
  await click('test-all')
  const args = asked[0]?.args as { testId: string; serverIds: string[] }
  expect(args.serverIds).toEqual(['a', 'b', 'c'])
  const tell = (serverId: string, verdict: 'passed' | 'failed', said: string): void =>
    useServers().takeTested({ testId: args.testId, tested: { serverId, verdict, message: foreign(said) } })
  tell('a', 'passed', 'Fine.')
  tell('b', 'failed', 'This is no Jira.')
  useServers().takeTested({
    testId: 'another',
    tested: { serverId: 'c', verdict: 'failed', message: foreign('Not of this test') },
  })
  await flushPromises()
  expect(find('tested-A')?.textContent).toContain('Fine.')
  expect(find('tested-A')?.querySelector('button')).toBeNull()
  expect(find('tested-B')?.textContent).toContain('This is no Jira.')
  expect(find('tested-B')?.querySelector('button')?.textContent).toContain('Diagnose…')
  expect(find('tested-C')?.textContent).toContain('Testing…')
  expect(find('tested-C')?.querySelector('button')?.textContent).toContain('Enter password…')
  expect(find('test-summary')?.textContent).toBe('2 of 3 tested · 1 needs attention')
  shown.unmount()
  expect(asked.at(-1)?.channel).toBe('servers:stop-test')
})
