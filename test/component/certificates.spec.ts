import { flushPromises } from '@vue/test-utils'
import { expect, it } from 'vitest'
import type { Certificate } from '../../src-contract/certificates.ts'
import { CELLS } from '../../src-contract/monitoring.ts'
import OverviewView from '../../src-renderer/overview/OverviewView.vue'
import ServerDialog from '../../src-renderer/servers/ServerDialog.vue'
import { isUrgent, troublesOf, troublesText } from '../../src-renderer/servers/troubles.ts'
import TroubleList from '../../src-renderer/servers/TroubleList.vue'
import { useServers } from '../../src-renderer/servers/servers.ts'
import { server, show, stubBridge } from './support.ts'

const DAY_MS = 86_400_000
const now = Date.now()

/** One that ends in so many days, after a year. */
const endingIn = (days: number, of: Certificate['of'] = 'server'): Certificate => ({
  of,
  subject: `CN=${of}.example`,
  validFrom: now + (days - 365) * DAY_MS,
  validTo: now + days * DAY_MS,
})
const vienna = server({ id: 'a', name: 'Vienna', certificates: [endingIn(12.5), endingIn(199.5, 'authority')] })

it('a certificate that ends soon is a trouble beside any other, and that of a proxy is one', () => {
  const proxied = (id: string) => server({ id, name: id, certificates: [endingIn(2.5, 'proxy')] })
  const lasting = server({ id: 'c', name: 'Graz', certificates: [endingIn(31)] })
  const without = { ...vienna, credential: null }
  const troubles = troublesOf([without, proxied('b1'), proxied('b2'), lasting], true, now)
  expect(troubles.map(({ kind, servers }) => [kind, ...servers.map(({ name }) => name)])).toEqual([
    ['needing', 'Vienna'],
    ['certificate', 'Vienna'],
    ['certificate', 'b1', 'b2'],
  ])
  expect(troubles.map(isUrgent)).toEqual([true, false, false])
  expect(troublesText(troublesOf([vienna], true, now), now)).toBe('Vienna: certificate expires in 12 days')
  expect(troublesText(troublesOf([vienna], true, now + 12 * DAY_MS), now + 12 * DAY_MS)).toBe(
    'Vienna: certificate expires within a day',
  )
  expect(troublesText(troublesOf([vienna], true, now + 13 * DAY_MS), now + 13 * DAY_MS)).toBe(
    'Vienna: certificate has expired',
  )
})

it('the list of troubles says which certificate it is, and what it means', () => {
  stubBridge({})
  show(TroubleList, { troubles: troublesOf([vienna], true, now) })
  const notice = document.querySelector('[data-test="certificate-notice-Vienna"]')?.textContent ?? ''
  expect(notice).toContain('CN=server.example')
  expect(notice).not.toContain('CN=authority.example')
  expect(notice).toContain('no longer connects')
})

it('the overview names it, and the server’s settings have all that are known', async () => {
  const none = Array.from({ length: CELLS }, () => null)
  stubBridge({
    'history:counts': () => ({ error: none, attention: none }),
    'servers:inspect-address': () => ({ baseUrl: null, problem: null, notes: [], isPlainHttp: false, candidates: [] }),
  })
  show(OverviewView, {}, () => useServers().replace([vienna]))
  await flushPromises()
  expect(document.querySelector('[data-test=overview-needs]')?.textContent).toContain('certificate expires in 12 days')
  show(ServerDialog, { serverId: 'a' }, () => useServers().replace([vienna]))
  await flushPromises()
  const facts = [...document.querySelectorAll('[data-test=certificates] li')].map(({ textContent }) =>
    textContent?.replace(/\s+/g, ' ').trim(),
  )
  expect(facts).toEqual([
    'This server: expires in 12 daysCN=server.example',
    'Trusted for this server: expires in 199 daysCN=authority.example',
  ])
})
