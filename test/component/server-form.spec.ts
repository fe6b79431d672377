import { config, flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { foreign } from '../../src-contract/messages/message.ts'
import type { Server } from '../../src-contract/servers.ts'
import ServerDialog from '../../src-renderer/servers/ServerDialog.vue'
import { useServers } from '../../src-renderer/servers/servers.ts'
import { fieldOf, server, show, stubBridge, type, type AnswerTo } from './support.ts'

// The dialog keeps the focus inside of what its transition renders, which a stub is not.
config.global.stubs = { transition: false }

let shown: VueWrapper | null = null
afterEach(() => shown?.unmount())

const inspect = ({ address }: { address: string }) => ({
  baseUrl: address,
  problem: null,
  notes: [],
  isPlainHttp: false,
  candidates: [],
})
const more = (): HTMLDetailsElement | null => document.body.querySelector('[data-test=more-settings]')
async function press(name: string): Promise<void> {
  document.body.querySelector<HTMLElement>(`[data-test=${name}]`)?.click()
  await flushPromises()
}

/** Opens the settings of a saved server; the main process answers `servers:update` so. */
function edit(update: AnswerTo<'servers:update'>): ReturnType<typeof stubBridge> {
  const asked = stubBridge({ 'servers:inspect-address': inspect, 'servers:update': update })
  shown = show(ServerDialog, { serverId: 's1' }, () => {
    useServers().list = [server()]
  })
  return asked
}

describe('a field that is folded away, and is what keeps the server from being saved, is unfolded and has the focus', () => {
  beforeEach(() => {
    stubBridge({ 'servers:inspect-address': inspect })
    shown = show(ServerDialog, { serverId: null })
  })

  it.each(['save-server', 'test-connection'])('by %s', async (button) => {
    await type('Address', 'https://jira.example')
    await type('Name', 'Vienna')
    await type('Own certificate authority', 'no certificate')
    expect(more()?.open).toBe(false)
    await press(button)
    expect(more()?.open).toBe(true)
    expect(more()?.textContent).toContain('Paste the certificate as PEM')
    expect(document.activeElement).toBe(fieldOf('Own certificate authority'))
  })

  it('not where another field is what is wrong', async () => {
    await type('Address', 'https://jira.example')
    await press('save-server')
    expect(more()?.open).toBe(false)
    expect(document.activeElement).toBe(fieldOf('Name'))
  })
})

it.each([
  ['apiPath', 'API path'],
  ['input.caPem', 'Own certificate authority'],
])('what the main process refuses of %s is told at its field', async (path, label) => {
  edit(() => {
    throw {
      code: 'ipc.invalid-args',
      message: 'Some of the input cannot be accepted.',
      fields: { [path]: 'That leads elsewhere' },
    }
  })
  await press('save-server')
  expect(more()?.open).toBe(true)
  expect(more()?.textContent).toContain('That leads elsewhere')
  expect(document.activeElement).toBe(fieldOf(label))
})

const refused = {
  state: 'blocked',
  reason: 'rejected',
  since: 0,
  attempts: 1,
  nextAttemptAt: 0,
  loginUrl: null,
} as const
it.each<[string, Partial<Server>, string]>([
  ['a refused password', { access: refused }, 'Password'],
  ['a password that is missing', { credential: { kind: 'basic', user: 'a', kept: 'missing' } }, 'Password'],
  ['anything else', {}, 'Address'],
])('opened because of %s, it begins there', async (_name, of, label) => {
  stubBridge({ 'servers:inspect-address': inspect })
  shown = show(ServerDialog, { serverId: 's1' }, () => {
    useServers().list = [server(of)]
  })
  await flushPromises()
  expect(document.activeElement).toBe(fieldOf(label))
})

it('a password is saved with the address that it was entered for, in one step', async () => {
  const asked = edit(() => server())
  const field = document.body.querySelector<HTMLInputElement>('input[type=password]')
  if (field === null) throw new Error('No field for the password')
  field.value = 'entered'
  field.dispatchEvent(new Event('input'))
  await press('save-server')
  const saving = asked.filter(({ channel }) => /update|credentials/.test(channel))
  expect(saving).toMatchObject([
    { channel: 'servers:update', args: { credential: { secret: 'entered' }, isSessionOnly: false } },
  ])
})

it('a token that was copied with extra text is reported at its field, and neither saved nor tested', async () => {
  const asked = stubBridge({ 'servers:inspect-address': inspect })
  shown = show(ServerDialog, { serverId: 's1' }, () => {
    useServers().list = [server({ credential: { kind: 'token', user: '', kept: 'keychain' } })]
  })
  const field = document.body.querySelector<HTMLInputElement>('input[type=password]')
  if (field === null) throw new Error('No field for the token')
  field.value = 'abc\u200b'
  field.dispatchEvent(new Event('input'))
  for (const button of ['save-server', 'test-connection']) await press(button)
  expect(document.body.textContent).toContain('Copy the token again')
  expect(asked.map(({ channel }) => channel)).not.toContain('servers:update')
  expect(asked.map(({ channel }) => channel)).not.toContain('servers:test')
})

it('what is refused and has no field here is still shown', async () => {
  edit(() => {
    throw {
      code: 'ipc.invalid-args',
      message: 'Some of the input cannot be accepted.',
      fields: { serverId: 'Too long' },
    }
  })
  await press('save-server')
  expect(document.body.querySelector('[role=alert]')?.textContent).toContain('Some of the input cannot be accepted.')
})

it('of an address that holds a password nothing leaves the form but the question what it means; nobody on the network is asked', async () => {
  const refused = 'Leave user name and password out of the address'
  const asked = stubBridge({
    'servers:inspect-address': (given) =>
      given.address.includes('@')
        ? { baseUrl: null, problem: foreign(refused), notes: [], isPlainHttp: false, candidates: [] }
        : inspect(given),
  })
  shown = show(ServerDialog, { serverId: null })
  await type('Name', 'Vienna')
  for (const address of ['https://anna:1234', 'https://anna:1234@', 'https://anna:1234@jira.example']) {
    await type('Address', address)
    fieldOf('Address').dispatchEvent(new Event('blur'))
    await flushPromises()
  }
  expect(document.body.textContent).toContain(refused)
  expect(document.body.textContent).not.toContain('1234')
  for (const { channel, args } of asked)
    expect([channel, args]).toEqual([
      'servers:inspect-address',
      expect.not.objectContaining({ askTrusting: expect.anything() as unknown }),
    ])
  await press('test-connection')
  await press('save-server')
  expect(asked.filter(({ channel }) => channel !== 'servers:inspect-address')).toEqual([])
})

it('a late answer about the address does not replace a newer one', async () => {
  const answers: ((baseUrl: string) => void)[] = []
  stubBridge({
    'servers:inspect-address': () =>
      new Promise((resolve) => answers.push((baseUrl) => resolve(inspect({ address: baseUrl })))),
  })
  shown = show(ServerDialog, { serverId: null })
  await type('Address', 'jira.example/browse')
  fieldOf('Address').dispatchEvent(new Event('blur'))
  await flushPromises()
  expect(answers).toHaveLength(2)
  answers[1]?.('https://jira.example/newer')
  await flushPromises()
  answers[0]?.('https://jira.example/older')
  await flushPromises()
  expect(document.body.querySelector('[data-test=base-url]')?.textContent).toContain('https://jira.example/newer')
})
