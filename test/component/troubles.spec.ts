import { describe, expect, it } from 'vitest'
import { foreign } from '../../src-contract/messages/message.ts'
import type { Access, Server } from '../../src-contract/servers.ts'
import ServerNotice from '../../src-renderer/servers/ServerNotice.vue'
import { needsUser } from '../../src-renderer/servers/servers.ts'
import { troublesText } from '../../src-renderer/servers/troubles.ts'
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
  refused: server({ name: 'Refused', access: blocked }),
  'without password': server({ name: 'Without', credential: null }),
  away: server({
    name: 'Away',
    reach: { ...reach, state: 'unreachable', since: 0, error: { code: 'net.dns', message: foreign('x') } },
  }),
  failing: server({ name: 'Failing', reach: { ...reach, error: failing } }),
  'with gaps': server({
    name: 'Gaps',
    reach: { ...reach, gaps: [foreign('Project SUPP could not be listed: no right.')] },
  }),
  well: server({ name: 'Well' }),
}
const textOf = (...servers: Server[]): string => troublesText(servers, 1)

describe('the words at the top right', () => {
  it('count as many that need the user as have a banner', () => {
    const all = Object.values(ofKind)
    expect(all.filter(needsUser).map(({ name }) => name)).toEqual(['Refused', 'Without'])
    expect(textOf(...all)).toBe('2 servers need action, 1 unreachable, 1 returning errors, 1 read incompletely')
  })

  it('say no more than there is', () => {
    expect(textOf(ofKind.well)).toBe('')
    expect(textOf(ofKind.refused)).toBe('1 server needs action')
    expect(textOf(ofKind.failing, ofKind.well)).toBe('1 server returning errors')
    expect(textOf(ofKind.failing, ofKind.refused)).toBe('1 server needs action, 1 returning errors')
    expect(textOf(ofKind['with gaps'], ofKind['with gaps'])).toBe('2 servers read incompletely')
    expect(textOf(ofKind.away)).toMatch(/^Away unreachable since /)
    expect(textOf(ofKind.away, ofKind.away)).toBe('2 servers unreachable')
  })
})

it('a server that was not read completely tells what is missing, and offers to try again', () => {
  const wrapper = show(ServerNotice, { server: ofKind['with gaps'] })
  expect(wrapper.text()).toContain('Gaps was read incompletely.')
  expect(wrapper.findAll('li').map((item) => item.text())).toEqual(['Project SUPP could not be listed: no right.'])
  expect(wrapper.text()).toContain('Try now')
  expect(wrapper.get('section').classes()).not.toContain('urgent')
})
