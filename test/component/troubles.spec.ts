import { flushPromises } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import { foreign } from '../../src-contract/messages/message.ts'
import type { Access } from '../../src-contract/credentials.ts'
import type { Server } from '../../src-contract/servers.ts'
import TitleBar from '../../src-renderer/app/TitleBar.vue'
import TroubleBanner from '../../src-renderer/app/TroubleBanner.vue'
import { useServerDialogs } from '../../src-renderer/servers/server-dialogs.ts'
import ServerNotice from '../../src-renderer/servers/ServerNotice.vue'
import { needsUser, useServers } from '../../src-renderer/servers/servers.ts'
import { isUrgent, troublesOf, troublesText } from '../../src-renderer/servers/troubles.ts'
import TroubleLine from '../../src-renderer/servers/TroubleLine.vue'
import TroubleList from '../../src-renderer/servers/TroubleList.vue'
import { useTableView } from '../../src-renderer/table/table-view.ts'
import { fullText } from '../../src-renderer/text/time.ts'
import { useNavigation } from '../../src-renderer/ui/navigation.ts'
import { server, show, stubBridge } from './support.ts'

const blocked: Access = {
  state: 'blocked',
  reason: 'rejected',
  since: 0,
  attempts: 1,
  nextAttemptAt: 0,
  loginUrl: null,
}
const failing = { code: 'http.body-too-large', message: foreign('Too large.') } as const
const reach = server().reach
const ofKind = {
  refused: server({ id: 'refused', name: 'Refused', access: blocked }),
  without: server({ id: 'without', name: 'Without', credential: null }),
  away: server({
    id: 'away',
    name: 'Away',
    baseUrl: 'https://away.example',
    reach: { ...reach, state: 'unreachable', since: 0, error: { code: 'net.dns', message: foreign('x') } },
  }),
  failing: server({ id: 'failing', name: 'Failing', reach: { ...reach, error: failing } }),
  'with gaps': server({
    id: 'gaps',
    name: 'Gaps',
    reach: { ...reach, gaps: [foreign('Project SUPP could not be listed: no right.')] },
  }),
  well: server({ id: 'well', name: 'Well' }),
}
const refusedByProxy = (of: Server): Server => ({
  ...of,
  reach: { ...of.reach, error: { code: 'net.proxy-refused', message: foreign('x') } },
})
const blockedFor = (reason: Extract<Access, { state: 'blocked' }>['reason']): Server => ({
  ...ofKind.refused,
  access: { ...blocked, reason },
})
const textOf = (...servers: Server[]): string => troublesText(troublesOf(servers, true, 1), 1)

const elsewhere = (of: Server): Server => ({ ...of, id: 's2', name: 'Elsewhere', baseUrl: 'https://other.example' })

describe('what has one cause', () => {
  const kinds = (isOnline: boolean, ...servers: Server[]): string[] =>
    troublesOf(servers, isOnline, 1).map(({ kind, servers: of }) => `${kind}: ${of.map(({ name }) => name).join(' ')}`)

  it('is shown once: no network, a proxy, a computer that several entries lead to', () => {
    const { away, refused } = ofKind
    expect(kinds(false, away, elsewhere(away), refused)).toEqual(['network: Away Elsewhere', 'needing: Refused'])
    expect(kinds(true, refusedByProxy(away), refusedByProxy(elsewhere(away)))).toEqual(['proxy: Away Elsewhere'])
    expect(kinds(true, away, { ...away, id: 's2', name: 'Same' })).toEqual(['unreachable: Away Same'])
    expect(kinds(true, away, elsewhere(away))).toEqual(['unreachable: Away', 'unreachable: Elsewhere'])
  })

  it('is urgent only where somebody has to do something', () => {
    const urgent = troublesOf(Object.values(ofKind), true, 1).filter(isUrgent)
    expect(urgent.map(({ servers: [{ name }] }) => name)).toEqual(['Refused', 'Without'])
    expect(textOf(ofKind.away, { ...ofKind.away, id: 's2', name: 'Same' })).toMatch(/^Away, Same: unreachable since /)
  })
})

describe('the list of all that is wrong', () => {
  it('closes with the last trouble, and does not open by itself with the next one', async () => {
    const bar = show(TitleBar, {})
    useServers().replace([ofKind.away])
    await flushPromises()
    await bar.get('[data-test=trouble]').trigger('click')
    expect(useNavigation().areTroublesOpen).toBe(true)
    useServers().replace([ofKind.well])
    await flushPromises()
    useServers().replace([ofKind.away])
    await flushPromises()
    expect(bar.get('[data-test=trouble]').attributes('aria-expanded')).toBe('false')
    bar.unmount()
  })
})

describe('the line above what a trouble concerns', () => {
  const lineOf = (of: Server, more = 0, isOnline = true) => {
    const [trouble] = troublesOf([of], isOnline, 1)
    return show(TroubleLine, { trouble, more })
  }
  const remedyOf = (of: Server): string[] =>
    lineOf(of)
      .findAll('button')
      .map((button) => button.text())

  it('says whose it is, what and what it means, and offers its remedy', () => {
    expect(lineOf(ofKind.refused).get('p').text()).toBe(
      'Refused: log-in refused · Nothing is sent there until you act.',
    )
    expect(remedyOf(ofKind.refused)).toEqual(['Update credentials', 'Details'])
    expect(remedyOf(ofKind.without)).toEqual(['Update credentials', 'Details'])
    expect(remedyOf(blockedFor('captcha'))).toEqual(['Log in with the browser', 'Details'])
    expect(remedyOf(blockedFor('intercepted'))).toEqual(['Diagnose…', 'Details'])
    expect(remedyOf(blockedFor('another-user'))).toEqual(['Update credentials', 'Details'])
    expect(remedyOf(blockedFor('token-needed'))).toEqual(['Update credentials', 'Details'])
    expect(remedyOf(refusedByProxy(ofKind.away))).toEqual(['Open the settings', 'Details'])
  })

  it('has its remedy one click away', async () => {
    const asked = stubBridge()
    const remedy = async (of: Server): Promise<void> => {
      const button = lineOf(of).get('button')
      useServers().replace([of])
      await button.trigger('click')
      await flushPromises()
    }
    await remedy(blockedFor('captcha'))
    expect(asked).toEqual([{ channel: 'links:open', args: { serverId: 'refused', target: 'login' } }])
    await remedy(ofKind.without)
    expect(useServerDialogs().editing).toBe('without')
    await remedy(blockedFor('intercepted'))
    expect(useServerDialogs().diagnosed?.id).toBe('refused')
    await remedy(refusedByProxy(ofKind.away))
    expect(useNavigation().view).toBe('settings')
  })

  it('says since when only where somebody saw it begin', () => {
    const sinceOf = (of: Server) => lineOf(of).find('.since')
    const { reach: seen } = ofKind.away
    expect(sinceOf({ ...ofKind.refused, access: { ...blocked, since: 5_000_000 } }).attributes('title')).toBe(
      fullText(5_000_000),
    )
    expect(sinceOf({ ...ofKind.away, reach: { ...seen, since: 7_000_000 } }).attributes('title')).toBe(
      fullText(7_000_000),
    )
    expect(sinceOf(ofKind.without).exists()).toBe(false)
    expect(sinceOf(ofKind.failing).exists()).toBe(false)
  })

  it('stands for others too, and leads to the list of all', async () => {
    const line = lineOf(ofKind.refused, 3)
    const more = line.get('[data-test=trouble-details]')
    expect(more.text()).toBe('3 more')
    await more.trigger('click')
    expect(useNavigation().areTroublesOpen).toBe(true)
  })

  it('reports a missing network without a server’s name and without a remedy', () => {
    const line = lineOf(ofKind.away, 0, false)
    expect(line.get('p').text()).toMatch(/^This computer is offline · You see/)
    expect(line.findAll('button')).toHaveLength(1)
  })
})

describe('the banner', () => {
  const { refused, without, away } = ofKind

  it('is for what somebody has to do about servers that are shown', async () => {
    const wrapper = show(TroubleBanner, {}, () => {
      useServers().replace([refused, without, away])
      useNavigation().view = 'synchronizations'
    })
    const lines = () => wrapper.findAll('[data-test=trouble-line]').map((line) => line.text())
    const showOnly = async (serverId: string): Promise<void> => {
      useTableView().showServer(serverId)
      await flushPromises()
    }
    expect(lines()).toEqual([expect.stringMatching(/^Refused: .*1 more$/)])
    await showOnly('without')
    expect(lines()).toEqual([expect.stringMatching(/^Without: .*Details$/)])
    await showOnly('away')
    expect(lines()).toEqual([])
    useNavigation().view = 'conflicts'
    await flushPromises()
    expect(lines()).toHaveLength(1)
    useNavigation().view = 'overview'
    await flushPromises()
    expect(lines()).toEqual([])
  })
})

describe('the words at the top right', () => {
  it('count each kind, the most urgent first', () => {
    const all = Object.values(ofKind)
    expect(all.filter(needsUser).map(({ name }) => name)).toEqual(['Refused', 'Without'])
    expect(textOf(...all)).toBe('2 servers need action, 1 unreachable, 1 returning errors, 1 partly read')
  })

  it('say no more than there is', () => {
    expect(textOf(ofKind.well)).toBe('')
    expect(textOf(ofKind.refused)).toBe('Refused: log-in refused')
    expect(textOf(ofKind.failing, ofKind.well)).toBe('Failing: returns errors')
    expect(textOf(ofKind.failing, ofKind.refused)).toBe('1 server needs action, 1 returning errors')
    expect(textOf(ofKind['with gaps'], { ...ofKind['with gaps'], id: 's2' })).toBe('2 servers partly read')
    expect(textOf(ofKind.away)).toMatch(/^Away: unreachable since /)
    expect(textOf(ofKind.away, elsewhere(ofKind.away))).toBe('2 servers unreachable')
  })
})

it('a server that was not read completely says what is missing, and offers to try again', () => {
  const wrapper = show(ServerNotice, { server: ofKind['with gaps'] })
  expect(wrapper.text()).toContain('Gaps was only partly read.')
  expect(wrapper.findAll('li').map((item) => item.text())).toEqual(['Project SUPP could not be listed: no right.'])
  expect(wrapper.text()).toContain('Try now')
  expect(wrapper.get('section').classes()).not.toContain('urgent')
})

it('servers with one cause stand in one notice, and are tried together', async () => {
  const asked = stubBridge()
  const wrapper = show(ServerNotice, { server: ofKind.away, others: [elsewhere(ofKind.away)] })
  expect(wrapper.get('strong').text()).toBe('Away, Elsewhere')
  await wrapper
    .findAll('button')
    .find((button) => button.text() === 'Try now')
    ?.trigger('click')
  await flushPromises()
  expect(asked.map(({ args }) => args)).toEqual([{ serverId: 'away' }, { serverId: 's2' }])
})

it('the list takes the focus when it opens, and gives it back when it closes', async () => {
  const button = document.body.appendChild(document.createElement('button'))
  button.focus()
  const list = show(TroubleList, { troubles: troublesOf(Object.values(ofKind), true, 1) })
  expect(document.activeElement?.getAttribute('data-test')).toBe('trouble-list')
  list.unmount()
  expect(document.activeElement).toBe(button)
})
