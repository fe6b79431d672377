import { describe, expect, it } from 'vitest'
import { foreign } from '../../src-contract/messages/message.ts'
import type { Access, Server } from '../../src-contract/servers.ts'
import ServerNotice from '../../src-renderer/servers/ServerNotice.vue'
import { needsUser } from '../../src-renderer/servers/servers.ts'
import { isUrgent, troublesOf, troublesText } from '../../src-renderer/servers/troubles.ts'
import TroubleLine from '../../src-renderer/servers/TroubleLine.vue'
import TroubleList from '../../src-renderer/servers/TroubleList.vue'
import { useNavigation } from '../../src-renderer/ui/navigation.ts'
import { server, show } from './support.ts'

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
const textOf = (...servers: Server[]): string => troublesText(troublesOf(servers, true), 1)

const elsewhere = (of: Server): Server => ({ ...of, id: 's2', name: 'Elsewhere', baseUrl: 'https://other.example' })

describe('what has one cause', () => {
  const kinds = (isOnline: boolean, ...servers: Server[]): string[] =>
    troublesOf(servers, isOnline).map(({ kind, servers: of }) => `${kind}: ${of.map(({ name }) => name).join(' ')}`)
  const refusedByProxy = (of: Server): Server => ({
    ...of,
    reach: { ...of.reach, error: { code: 'net.proxy-refused', message: foreign('x') } },
  })

  it('is told once: no network, a proxy, a computer that several entries lead to', () => {
    const { away, refused } = ofKind
    expect(kinds(false, away, elsewhere(away), refused)).toEqual(['network: Away Elsewhere', 'needing: Refused'])
    expect(kinds(true, refusedByProxy(away), refusedByProxy(elsewhere(away)))).toEqual(['proxy: Away Elsewhere'])
    expect(kinds(true, away, { ...away, id: 's2', name: 'Same' })).toEqual(['unreachable: Away Same'])
    expect(kinds(true, away, elsewhere(away))).toEqual(['unreachable: Away', 'unreachable: Elsewhere'])
  })

  it('is urgent only where somebody has to do something', () => {
    const urgent = troublesOf(Object.values(ofKind), true).filter(isUrgent)
    expect(urgent.map(({ servers: [{ name }] }) => name)).toEqual(['Refused', 'Without'])
    expect(textOf(ofKind.away, { ...ofKind.away, id: 's2', name: 'Same' })).toMatch(/^Away, Same: unreachable since /)
  })
})

describe('the line above what a trouble concerns', () => {
  const lineOf = (of: Server, more = 0, isOnline = true) => {
    const [trouble] = troublesOf([of], isOnline)
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
    const captcha = { ...ofKind.refused, access: { ...blocked, reason: 'captcha' as const } }
    expect(remedyOf(captcha)).toEqual(['Log in with the browser', 'Details'])
    const intercepted = { ...ofKind.refused, access: { ...blocked, reason: 'intercepted' as const } }
    expect(remedyOf(intercepted)).toEqual(['Diagnose…', 'Details'])
  })

  it('stands for others too, and leads to the list of all', async () => {
    const line = lineOf(ofKind.refused, 3)
    const more = line.get('[data-test=trouble-details]')
    expect(more.text()).toBe('3 more')
    await more.trigger('click')
    expect(useNavigation().areTroublesOpen).toBe(true)
  })

  it('tells of a missing network without a server’s name and without a remedy', () => {
    const line = lineOf(ofKind.away, 0, false)
    expect(line.get('p').text()).toMatch(/^This computer is offline · You see/)
    expect(line.findAll('button')).toHaveLength(1)
  })
})

describe('the words at the top right', () => {
  it('count each kind, the most urgent first', () => {
    const all = Object.values(ofKind)
    expect(all.filter(needsUser).map(({ name }) => name)).toEqual(['Refused', 'Without'])
    expect(textOf(...all)).toBe('2 servers need action, 1 unreachable, 1 returning errors, 1 read incompletely')
  })

  it('say no more than there is', () => {
    expect(textOf(ofKind.well)).toBe('')
    expect(textOf(ofKind.refused)).toBe('Refused: log-in refused')
    expect(textOf(ofKind.failing, ofKind.well)).toBe('Failing: returns errors')
    expect(textOf(ofKind.failing, ofKind.refused)).toBe('1 server needs action, 1 returning errors')
    expect(textOf(ofKind['with gaps'], { ...ofKind['with gaps'], id: 's2' })).toBe('2 servers read incompletely')
    expect(textOf(ofKind.away)).toMatch(/^Away: unreachable since /)
    expect(textOf(ofKind.away, elsewhere(ofKind.away))).toBe('2 servers unreachable')
  })
})

it('a server that was not read completely tells what is missing, and offers to try again', () => {
  const wrapper = show(ServerNotice, { server: ofKind['with gaps'] })
  expect(wrapper.text()).toContain('Gaps was read incompletely.')
  expect(wrapper.findAll('li').map((item) => item.text())).toEqual(['Project SUPP could not be listed: no right.'])
  expect(wrapper.text()).toContain('Try now')
  expect(wrapper.get('section').classes()).not.toContain('urgent')
})

it('the list takes the focus when it opens, and gives it back when it closes', async () => {
  const button = document.body.appendChild(document.createElement('button'))
  button.focus()
  const list = show(TroubleList, { troubles: troublesOf(Object.values(ofKind), true) })
  expect(document.activeElement?.getAttribute('data-test')).toBe('trouble-list')
  list.unmount()
  expect(document.activeElement).toBe(button)
})
