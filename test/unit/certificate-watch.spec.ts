import { describe, expect, it } from 'vitest'
import { daysLeft, warningOf, type Certificate } from '../../src-contract/certificates.ts'
import { CertificateWatch } from '../../src-main/notifications/certificate-watch.ts'
import type { Alarm } from '../../src-main/notifications/alarm.ts'
import { Signal } from '../../src-main/signal.ts'
import { until } from '../../tools/until.ts'
import { makeCertificate } from '../support/certificates.ts'
import { said, spoken } from '../support/said.ts'
import { addServer, startJira, startMain } from '../support/services.ts'
import { startProxy } from '../support/proxy-server.ts'
import { SimulatedClock } from '../support/simulated-clock.ts'
import { storedServer } from '../support/stored-server.ts'

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000

/** One that ends in so many days, after a life of `life` days. */
const endingIn = (days: number, now: number, life = 365): Certificate => ({
  of: 'server',
  subject: 'CN=jira.example',
  validFrom: now + (days - life) * DAY_MS,
  validTo: now + days * DAY_MS,
})

describe('the warning of a certificate', () => {
  it.each([
    [31, 365, null],
    [30, 365, 30],
    [14.5, 365, 30],
    [14, 365, 14],
    [3, 365, 3],
    [0, 365, 3],
    [-1, 365, 3],
    // One of 47 days is renewed later: from its last third on, and then as usual.
    [16, 47, null],
    [15, 47, 47 / 3],
    [13, 47, 14],
    [3, 7, null],
    [2, 7, 7 / 3],
  ])('%s days before its end, after a life of %s days, is that of %s days', (days, life, warning) => {
    expect(warningOf(endingIn(days, 0, life), 0)).toEqual(warning === null ? null : (expect.closeTo(warning) as number))
  })

  it('counts whole days, and goes on after the end', () => {
    expect([2.9, 1, 0.5, -0.5].map((days) => daysLeft(endingIn(days, 0), 0))).toEqual([2, 1, 0, -1])
  })
})

/** A watch over two servers; what it stores outlives it. */
function watched(certificates: Readonly<Record<string, readonly Certificate[]>>) {
  const clock = new SimulatedClock()
  const changed = new Signal<[string]>()
  const raised: Alarm[] = []
  const stored: Record<string, unknown> = {}
  const servers = ['a', 'b'].map((id) => storedServer(id))
  const begin = (): CertificateWatch =>
    new CertificateWatch({
      registry: { all: () => servers, find: (id) => servers.find((server) => server.id === id) ?? null },
      certificates: { of: ({ id }) => [...(certificates[id] ?? [])], changed },
      notifications: { raise: (alarm) => void raised.push(alarm) },
      table: { all: () => structuredClone(stored), put: (name, value) => void (stored[name] = value) },
      clock,
      logger: { write: () => undefined },
    })
  const titles = (): string[] => raised.splice(0).map(({ title }) => said(title))
  return { clock, changed, raised, begin, titles }
}

describe('the watch over certificates', () => {
  it('warns once at each of its days, over restarts, and says how many are left', async () => {
    const list: Certificate[] = []
    const { clock, begin, titles, raised } = watched({ a: list })
    list.push(endingIn(31, clock.now()))
    let watch = begin()
    watch.start()
    expect(titles()).toEqual([])
    await clock.advance(DAY_MS + HOUR_MS)
    expect(raised.map(({ tone }) => tone)).toEqual(['attention'])
    expect(titles()).toEqual(['The certificate of a expires in 30 days'])
    watch.stop()
    watch = begin()
    watch.start()
    await clock.advance(10 * DAY_MS)
    expect(titles()).toEqual([])
    await clock.advance(6 * DAY_MS)
    expect(titles()).toEqual(['The certificate of a expires in 14 days'])
    await clock.advance(11 * DAY_MS)
    expect(raised.map(({ tone }) => tone)).toEqual(['bad'])
    expect(titles()).toEqual(['The certificate of a expires in 3 days'])
    await clock.advance(30 * DAY_MS)
    expect(titles()).toEqual([])
    watch.stop()
  })

  it('warns anew of the one that replaced it', async () => {
    const list: Certificate[] = []
    const { clock, begin, titles, changed } = watched({ a: list })
    list.push(endingIn(20, clock.now()))
    const watch = begin()
    watch.start()
    expect(titles()).toHaveLength(1)
    list[0] = endingIn(10, clock.now())
    changed.emit('a')
    expect(titles()).toEqual(['The certificate of a expires in 10 days'])
    watch.stop()
  })

  it('warns once of a proxy, however many servers are behind it, and of each authority', () => {
    const { clock, begin, titles } = watched({})
    const now = clock.now()
    const own: Certificate = { ...endingIn(-2, now), of: 'authority' }
    const proxy: Certificate = { ...endingIn(0.5, now), of: 'proxy' }
    const other = watched({ a: [own, proxy], b: [proxy] })
    other.begin().start()
    expect(other.titles()).toEqual([
      'A certificate trusted for a has expired',
      'The certificate of the proxy expires within a day',
    ])
    begin().start()
    expect(titles()).toEqual([])
  })
})

it('the certificates of a server are known from the first connection on, and what ends soon is told', async () => {
  const now = Date.now()
  const authority = await makeCertificate('Company CA', { from: now - DAY_MS, until: now + 400 * DAY_MS })
  const certificate = await makeCertificate('127.0.0.1', {
    authority,
    from: now - 300 * DAY_MS,
    until: now + 10.5 * DAY_MS,
  })
  const jira = await startJira({ synchronizations: 1, tls: certificate })
  const main = startMain()
  const serverId = await addServer(main, jira, { caPem: authority.cert })
  const certificates = async () =>
    (await main.ask('servers:list', {}))[0]?.certificates.map(({ of, subject }) => ({ of, subject }))
  expect(await certificates()).toEqual([{ of: 'authority', subject: 'CN=Company CA' }])
  main.services.watching.start()
  await main.ask('synchronizations:refresh', { serverId })
  expect(await certificates()).toEqual([
    { of: 'server', subject: 'CN=127.0.0.1' },
    { of: 'authority', subject: 'CN=Company CA' },
  ])
  await until('it is told', async () => (await main.ask('notifications:list', {})).length > 0)
  expect(spoken(await main.ask('notifications:list', {}))).toMatchObject([
    {
      kind: 'certificate',
      tone: 'attention',
      title: 'The certificate of Test Jira expires in 10 days',
      items: [{ serverId, key: null }],
    },
  ])
})

it.each(['https', 'http'])('the certificate of a proxy is known while it leads to a server (%s)', async (protocol) => {
  const authority = await makeCertificate('Company CA')
  const of = (organization: string, host = '127.0.0.1') => makeCertificate(host, { authority, organization })
  const proxy = await startProxy({ tls: await of('Proxy') })
  const jira = await startJira({
    synchronizations: 1,
    ...(protocol === 'https' && { tls: await of('Jira', 'jira.example') }),
  })
  const main = startMain()
  await main.ask('settings:set', { proxyMode: 'manual', proxyAddress: proxy.address })
  // Only the proxy knows its name: this computer is never asked through one.
  const address = jira.baseUrl.replace('127.0.0.1', 'jira.example')
  const serverId = await addServer(main, jira, { address, caPem: authority.cert })
  const subjects = async () =>
    (await main.ask('servers:list', {}))[0]?.certificates
      .map(({ of: whose, subject }) => `${whose} ${subject}`)
      .toSorted()
  await main.ask('synchronizations:refresh', { serverId })
  const others = ['authority CN=Company CA', ...(protocol === 'https' ? ['server CN=jira.example, O=Jira'] : [])]
  expect(await subjects()).toEqual([...others, 'proxy CN=127.0.0.1, O=Proxy'].toSorted())
  await main.ask('settings:set', { proxyMode: 'none' })
  expect(await subjects()).toEqual(others)
})
