import { flushPromises } from '@vue/test-utils'
import { expect, it } from 'vitest'
import type { TestStep } from '../../src-contract/diagnosis.ts'
import ConnectionTestSteps from '../../src-renderer/servers/ConnectionTestSteps.vue'
import ServerDialog from '../../src-renderer/servers/ServerDialog.vue'
import { useServers } from '../../src-renderer/servers/servers.ts'
import { fieldOf, server, show, stubBridge, type } from './support.ts'
import { foreign } from '../../src-contract/messages/message.ts'

const at = (name: string): HTMLElement | null => document.body.querySelector(`[data-test=${name}]`)
const skipped = (step: TestStep['step'], words = 'Not tested, because an earlier step failed'): TestStep => ({
  step,
  verdict: 'skipped',
  message: foreign(words),
})

it('steps stand in their order; what was skipped for the same reason is one line, what has more to say stays alone', () => {
  stubBridge()
  const steps: TestStep[] = [
    { step: 'jira', verdict: 'failed', message: foreign('No Jira was found at this address') },
    { ...skipped('login', 'Not tried'), mayLogInAnyway: true },
    skipped('rights'),
    skipped('limits'),
    skipped('backbone'),
  ]
  const shown = show(ConnectionTestSteps, { steps, trusted: '' })
  expect(shown.findAll('li').map((line) => line.find('p').text())).toEqual([
    'No Jira was found at this address',
    'Not tested, because an earlier step failed',
    'Not tried',
    'Not tested, because an earlier step failed: Rights, Rate limits',
  ])
  shown.unmount()
})

it('the test needs no name, and saving does', async () => {
  const asked = stubBridge({
    'servers:inspect-address': ({ address }: { address: string }) => ({
      baseUrl: address,
      problem: null,
      notes: [],
      isPlainHttp: false,
      candidates: [],
    }),
    'servers:test': () => [],
  })
  const shown = show(ServerDialog, { serverId: null })
  await type('Address', 'https://jira.example')
  at('test-connection')?.click()
  await flushPromises()
  expect(asked.find(({ channel }) => channel === 'servers:test')?.args).toMatchObject({
    input: { address: 'https://jira.example', isAddressExact: true },
    isLogInForced: false,
  })
  at('save-server')?.click()
  await flushPromises()
  expect(document.body.textContent).toContain('Enter a name')
  expect(asked.some(({ channel }) => channel === 'servers:add')).toBe(false)
  shown.unmount()
})

it('an address that was found is taken over with one click, without another log-in, and saved as it is', async () => {
  const found = 'https://jira.example/issues'
  const asked = stubBridge({
    'servers:inspect-address': ({ address }: { address: string }) => ({
      baseUrl: address,
      problem: null,
      notes: [],
      isPlainHttp: true,
      candidates: [],
    }),
    'servers:test': ({ testId }) => {
      useServers().takeTestStep({
        testId,
        step: { step: 'jira', verdict: 'failed', message: foreign('The server redirects'), offer: { address: found } },
      })
      return []
    },
    'servers:add': () => server(),
  })
  const shown = show(ServerDialog, { serverId: null })
  await type('Address', 'http://jira.example')
  await type('Name', 'Vienna')
  at('test-connection')?.click()
  await flushPromises()
  at('take-over')?.click()
  await flushPromises()
  expect(fieldOf('Address').value).toBe(found)
  expect(at('take-over')).toBeNull()
  expect(asked.filter(({ channel }) => channel === 'servers:test')).toHaveLength(1)
  at('save-server')?.click()
  await flushPromises()
  expect(asked.find(({ channel }) => channel === 'servers:add')?.args).toMatchObject({
    address: found,
    isAddressExact: true,
    allowPlainHttp: false,
  })
  shown.unmount()
})
