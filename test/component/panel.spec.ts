import { flushPromises } from '@vue/test-utils'
import { beforeEach, describe, expect, it } from 'vitest'
import { foreign } from '../../src-contract/messages/message.ts'
import ConfigurationTab from '../../src-renderer/panel/ConfigurationTab.vue'
import SynchronizationPanel from '../../src-renderer/panel/SynchronizationPanel.vue'
import { useServers } from '../../src-renderer/servers/servers.ts'
import { useCommandRegistry } from '../../src-renderer/ui/commands.ts'
import { useSynchronizations } from '../../src-renderer/synchronizations/synchronizations.ts'
import type { Server } from '../../src-contract/servers.ts'
import type { SynchronizationDetail } from '../../src-contract/synchronizations.ts'
import { vendorExample } from '../support/vendor-examples.ts'
import { row, server, show, stubBridge, type AnswerTo } from './support.ts'
import { message } from '../../src-contract/messages/message.ts'

beforeEach(() => {
  document.body.innerHTML = ''
})

const json = JSON.stringify(vendorExample('get-integration'))
const detailOf = (more: Partial<SynchronizationDetail> = {}): SynchronizationDetail => ({
  serverId: 's1',
  key: 'INT-2',
  summary: 'Project A <> Project B',
  description: 'About it',
  kind: 'centralized',
  role: null,
  createdUser: 'admin',
  createdDate: '2017-05-17T07:46:24+0200',
  lastModifiedUser: 'admin',
  lastModifiedDate: '2017-05-17T07:46:24+0200',
  state: message('synchronizations.states.running'),
  health: 'running',
  reason: null,
  first: null,
  second: null,
  json,
  fetchedAt: 1,
  source: 'live',
  problem: null,
  ...more,
})

async function open(answer: AnswerTo<'synchronizations:detail'>, more: Partial<Server> = {}) {
  stubBridge({
    'synchronizations:detail': answer,
    'synchronizations:preview-edit': () => ({
      method: 'PUT',
      address: 'https://jira.example/api/integrations/INT-2',
      body: '{}',
      curl: 'curl …',
    }),
  })
  const wrapper = show(SynchronizationPanel, { id: 's1 INT-2' }, () => {
    useServers().replace([server(more)])
    useSynchronizations().replace([row()])
  })
  await flushPromises()
  return wrapper
}

describe('the panel', () => {
  it('shows the row at once, before its details are there', async () => {
    const wrapper = await open(() => new Promise(() => undefined))
    expect(wrapper.text()).toContain('Agile Project <> Project B')
    expect(wrapper.text()).toContain('Running')
  })

  it('shows why details could not be read', async () => {
    const wrapper = await open(() => {
      throw Object.assign({}, { code: 'synchronization.unknown', message: 'INT-2 is no longer in the list.' })
    })
    expect(wrapper.get('[role=alert]').text()).toContain('INT-2 is no longer in the list.')
  })

  it('says no more that details could not be read, once they were', async () => {
    let isAway = true
    const wrapper = await open(() => {
      if (isAway) throw Object.assign({}, { code: 'net.unreachable', message: 'Vienna is away.' })
      return detailOf()
    })
    expect(wrapper.find('[role=alert]').exists()).toBe(true)
    isAway = false
    useSynchronizations().replace([row({ issuesInError: 1 })])
    await flushPromises()
    expect(wrapper.find('[role=alert]').exists()).toBe(false)
  })

  it('of a server that cannot be asked says how old it is, and its state is not in colour', async () => {
    const wrapper = await open(() => detailOf({ source: 'cache' }), {
      reach: {
        state: 'unreachable',
        isAsking: false,
        since: 1,
        lastReadAt: 1,
        nextReadAt: null,
        error: { code: 'net.dns', message: foreign('x') },
        gaps: [],
      },
    })
    expect(wrapper.get('[data-test=away] [role=img]').attributes('aria-label')).toBe('Vienna is unavailable.')
    expect(wrapper.get('.state').classes()).toContain('health-past')
  })

  it('says since when, and that it is longer where the beginning was not seen', async () => {
    const wrapper = await open(() => detailOf())
    const since = Date.now() - 5_000
    useSynchronizations().replace([row({ since })])
    await flushPromises()
    expect(wrapper.get('[data-test=since]').text()).toMatch(/^Since [\d:]+( [AP]M)?$/)
    useSynchronizations().replace([row({ since, isSinceSeen: false })])
    await flushPromises()
    expect(wrapper.get('[data-test=since]').text()).toMatch(/^Since [\d:]+( [AP]M)? or longer$/)
    expect(wrapper.get('[data-test=since]').attributes('title')).toContain('did not see it start')
  })

  it('offers what changes something: no start of what runs, no stop of what is stopped', async () => {
    const wrapper = await open(() => detailOf())
    const offered = (): string[] =>
      ['start', 'stop', 'restart'].filter((name) => wrapper.find(`[data-test=panel-${name}]:enabled`).exists())
    expect(offered()).toEqual(['stop', 'restart'])
    useSynchronizations().replace([row({ health: 'stopped' })])
    await flushPromises()
    expect(offered()).toEqual(['start', 'restart'])
    // It may run or not.
    useSynchronizations().replace([row({ health: 'attention' })])
    await flushPromises()
    expect(offered()).toEqual(['start', 'stop', 'restart'])
  })

  it('copies its key, and leads to Jira, by one click each', async () => {
    const asked = stubBridge({ 'synchronizations:detail': () => detailOf() })
    const wrapper = show(SynchronizationPanel, { id: 's1 INT-2' }, () => {
      useServers().replace([server()])
      useSynchronizations().replace([row()])
    })
    expect(wrapper.get('[data-test=copy-key]').attributes('aria-label')).toBe('Copy the key INT-2')
    await wrapper.get('[data-test=copy-key]').trigger('click')
    await wrapper.get('[data-test=open-in-jira]').trigger('click')
    await flushPromises()
    expect(asked).toContainEqual({ channel: 'clipboard:write', args: { text: 'INT-2' } })
    expect(asked).toContainEqual({ channel: 'links:open', args: { serverId: 's1', target: 'backbone' } })
  })

  it('previews its changes by Ctrl+Enter, in a field too, if there are any that can be sent', async () => {
    const wrapper = await open(() => detailOf())
    const field = wrapper.get<HTMLInputElement>('[data-test=field-summary] input')
    const isPreviewed = async (): Promise<boolean> => {
      await field.trigger('keydown', { key: 'Enter', ctrlKey: true })
      await flushPromises()
      return document.querySelector('[data-test=apply]') !== null
    }
    const isListed = (): boolean => useCommandRegistry().all.some(({ shortcut }) => shortcut === 'Mod+Enter')
    expect([await isPreviewed(), isListed()]).toEqual([false, false])
    await field.setValue('')
    expect([await isPreviewed(), isListed()]).toEqual([false, false])
    await field.setValue('Another name')
    await field.trigger('keydown', { key: 'Enter' })
    expect(document.querySelector('[data-test=apply]')).toBeNull()
    expect([isListed(), await isPreviewed()]).toEqual([true, true])
  })

  it('has one tab stop for its tabs, which the arrow keys move', async () => {
    const wrapper = await open(() => detailOf())
    expect(wrapper.findAll('[role=tab][tabindex="0"]')).toHaveLength(1)
    await wrapper.get('[role=tablist]').trigger('keydown', { key: 'ArrowLeft' })
    expect(wrapper.get('[role=tab][aria-selected=true]').text()).toBe('JSON')
    await wrapper.get('[role=tablist]').trigger('keydown', { key: 'ArrowRight' })
    expect(wrapper.get('[role=tab][aria-selected=true]').text()).toBe('Overview')
  })
})

describe('the configuration', () => {
  const text = (object: unknown): string =>
    show(ConfigurationTab, { detail: detailOf({ json: JSON.stringify(object) }) }).text()

  it('of the vendor’s example is readable in words', () => {
    const shown = text(vendorExample('get-integration'))
    for (const words of [
      'PA-2',
      'PB-3',
      'Outgoing JQLs',
      'Outgoing interval',
      '5s',
      'Automatic conflict resolution',
      'no',
      'Archived messages per issue',
      '##GLOBAL##',
    ]) {
      expect(shown).toContain(words)
    }
  })

  it('stays readable for fields that nobody has seen, and shows HTML as text', () => {
    const shown = text({
      firstConnector: {
        connectorKey: 'X-1',
        configuration: { brandNewThing: { deepValue: '<b>x</b>', list: [1, null, true] } },
      },
    })
    for (const words of ['Brand new thing', 'Deep value', '<b>x</b>', 'yes']) expect(shown).toContain(words)
  })

  it('that was never read says so', () => {
    expect(text({ firstConnector: { connectorKey: 'X-1' } })).toContain('has not been read')
  })
})
