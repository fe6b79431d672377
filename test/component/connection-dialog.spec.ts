import { flushPromises } from '@vue/test-utils'
import { beforeEach, describe, expect, it } from 'vitest'
import type { SynchronizationDetail } from '../../src-contract/synchronizations.ts'
import ConnectionDialog from '../../src-renderer/panel/ConnectionDialog.vue'
import ConnectionTab from '../../src-renderer/panel/ConnectionTab.vue'
import { detail as detailOf, show, stubBridge, type } from './support.ts'

const detail = detailOf()
const ref = { serverId: 's1', key: 'INT-2' }
const FIRST = 'firstConnector.connection.application'
const SECOND = 'secondConnector.connection.application'

const at = (name: string): HTMLElement => {
  const found = document.querySelector<HTMLElement>(`[data-test="${name}"]`)
  if (found === null) throw new Error(`There is no ${name}`)
  return found
}
const passwordFields = (): number => document.querySelectorAll('input[type=password]').length
const problems = (): (string | undefined)[] =>
  [...document.querySelectorAll('[role=alert]')].map((alert) => alert.textContent?.trim())

beforeEach(() => {
  document.body.innerHTML = ''
})

async function open(shown: SynchronizationDetail = detail, answers: Parameters<typeof stubBridge>[0] = {}) {
  const asked = stubBridge({
    'synchronizations:update-connection': () => ({ taskId: 't' }),
    'synchronizations:apply-edit': () => ({ kind: 'started', taskId: 't' }),
    ...answers,
  })
  const wrapper = show(ConnectionDialog, { detail: shown, serverName: 'Vienna' })
  await flushPromises()
  return { asked, wrapper }
}

async function send(): Promise<void> {
  at('send-connection').click()
  await flushPromises()
}

describe('with every password', () => {
  it('all of both sides goes the way that checks them and restarts, and that is said', async () => {
    const { asked } = await open()
    expect(at('how-sent').textContent).toContain('only what you change is sent')
    expect(passwordFields()).toBe(2)
    await type('Password of first side', 'one')
    await type('Password of second side', 'two')
    expect(at('how-sent').textContent).toContain('restarts the synchronization by itself')
    await type('Base URL of first side', ' https://new.example ')
    await send()
    expect(asked).toEqual([
      {
        channel: 'synchronizations:update-connection',
        args: {
          ref,
          form: {
            first: { baseUrl: 'https://new.example', password: 'one', proxy: null },
            second: { baseUrl: 'https://pb.example', password: 'two', proxy: null },
          },
        },
      },
    ])
  })

  it('that of one user on one Jira is asked for once, as long as it is one Jira', async () => {
    const second = detail.second && { ...detail.second, baseUrl: 'https://ap.example' }
    const { asked } = await open({ ...detail, second })
    expect(passwordFields()).toBe(1)
    await type('Password of first side', 'one')
    await send()
    expect(asked[0]?.args).toMatchObject({ form: { first: { password: 'one' }, second: { password: 'one' } } })
    await type('Base URL of second side', 'https://pb.example')
    expect(passwordFields()).toBe(2)
  })

  it('a distributed synchronization has one side', async () => {
    const { asked } = await open({ ...detail, second: null })
    expect(document.querySelectorAll('section[aria-label]')).toHaveLength(1)
    await type('Password of first side', 'one')
    await send()
    expect(asked[0]?.args).toMatchObject({ form: { first: { password: 'one' }, second: null } })
  })

  it('alone is a proxy taken, so they are asked for where one is set', async () => {
    const { asked } = await open()
    at('proxy-first').click()
    await flushPromises()
    await send()
    expect(problems()).toEqual(['Enter the sync user’s password', expect.any(String), 'Enter the sync user’s password'])
    expect(asked).toEqual([])
    await type('Password of first side', 'one')
    await type('Password of second side', 'two')
    await type('Proxy of first side', 'proxy.example:3128')
    await send()
    expect(asked[0]?.args).toMatchObject({
      form: {
        first: { proxy: { proxyUri: 'proxy.example:3128', username: '', password: '' } },
        second: { proxy: null },
      },
    })
  })
})

describe('without every password', () => {
  it('one address changes, and nothing else is sent', async () => {
    const { asked, wrapper } = await open()
    await type('Base URL of second side', 'https://new.example')
    await send()
    expect(asked).toEqual([
      {
        channel: 'synchronizations:apply-edit',
        args: {
          ref,
          draft: {
            base: { [`${SECOND}.baseUrl`]: 'https://pb.example' },
            values: { [`${SECOND}.baseUrl`]: 'https://new.example' },
          },
          passwords: {},
        },
      },
    ])
    expect(wrapper.getComponent(ConnectionDialog).emitted('close')).toHaveLength(1)
  })

  it('one password changes; whose it is, and where, has to be as it is shown', async () => {
    const { asked } = await open()
    await type('Password of first side', 'one')
    await send()
    expect(asked[0]?.args).toEqual({
      ref,
      draft: { base: { [`${FIRST}.baseUrl`]: 'https://ap.example', [`${FIRST}.user`]: 'backbone' }, values: {} },
      passwords: { [`${FIRST}.password`]: 'one' },
    })
  })

  it('another sync user comes with a password, and not with a proxy', async () => {
    const { asked } = await open()
    await type('Sync user of first side', 'syncer')
    expect(at('how-sent').textContent).toContain('With a new sync user')
    expect(document.body.textContent).toContain('Many versions of Backbone ignore this change')
    at('proxy-second').click()
    await flushPromises()
    await send()
    expect(problems()).toEqual(['Enter the sync user’s password', expect.stringContaining('Set the proxy separately')])
    at('proxy-second').click()
    await type('Password of first side', 'one')
    await send()
    expect(asked).toHaveLength(1)
    expect(asked[0]?.args).toMatchObject({
      draft: { values: { [`${FIRST}.user`]: 'syncer' } },
      passwords: { [`${FIRST}.password`]: 'one' },
    })
  })

  it('what somebody else has changed in the meantime is not overwritten, and the dialog stays', async () => {
    const { wrapper } = await open(detail, {
      'synchronizations:apply-edit': () => ({ kind: 'changed-on-server', conflicts: [], server: {} }),
    })
    await type('Base URL of first side', 'https://new.example')
    await send()
    expect(at('changed-meanwhile').textContent).toContain('Nothing was sent')
    expect(wrapper.getComponent(ConnectionDialog).emitted('close')).toBeUndefined()
  })

  it('an impossible address or user is reported at its field', async () => {
    const { asked } = await open()
    await type('Base URL of first side', 'javascript:alert(1)')
    await type('Sync user of second side', ' ')
    await type('Password of second side', 'two')
    await send()
    expect(problems()).toEqual(['Enter an address that begins with https:// or http://', 'Enter the sync user'])
    expect(asked).toEqual([])
  })
})

it('the request is shown as it would leave, whichever way it goes', async () => {
  const preview = { method: 'PUT', address: 'https://jira.example/x', body: '{}', curl: 'curl' }
  const { asked } = await open(detail, {
    'synchronizations:preview-edit': () => preview,
    'synchronizations:preview-connection': () => preview,
  })
  const look = async (): Promise<void> => {
    at('connection-preview').click()
    await flushPromises()
  }
  await look()
  await type('Password of first side', 'one')
  await type('Password of second side', 'two')
  await look()
  expect(asked.map(({ channel }) => channel)).toEqual([
    'synchronizations:preview-edit',
    'synchronizations:preview-connection',
  ])
})

it('the panel shows the connection as text, and has one button that changes it, and one for each sync user', async () => {
  stubBridge()
  const wrapper = show(ConnectionTab, { detail, base: {}, values: {} })
  expect(wrapper.findAll('input')).toHaveLength(2)
  for (const fact of ['https://ap.example', 'https://pb.example', 'backbone']) expect(wrapper.text()).toContain(fact)
  expect(wrapper.findAll('button').map((button) => button.text())).toEqual([
    'Change the connection…',
    ...Array<string>(2).fill('New password for backbone everywhere…'),
  ])
  await wrapper.get('[data-test=change-connection]').trigger('click')
  expect(wrapper.getComponent(ConnectionTab).emitted('edit')).toHaveLength(1)
})
