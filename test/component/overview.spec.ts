import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Conflict } from '../../src-contract/conflicts.ts'
import { CELL_MS, CELLS, type Strip } from '../../src-contract/monitoring.ts'
import { NO_NOTE } from '../../src-contract/noted.ts'
import { foreign, message } from '../../src-contract/messages/message.ts'
import type { Server } from '../../src-contract/servers.ts'
import type { SynchronizationRow } from '../../src-contract/synchronizations.ts'
import { useConflicts } from '../../src-renderer/conflicts/conflicts.ts'
import OverviewView from '../../src-renderer/overview/OverviewView.vue'
import { changeOf, conflictsOver } from '../../src-renderer/overview/summary.ts'
import { changesSince, earlierVisit, leave } from '../../src-renderer/overview/visit.ts'
import { useServers } from '../../src-renderer/servers/servers.ts'
import { useOpenPanels } from '../../src-renderer/synchronizations/open-panels.ts'
import { useSynchronizations } from '../../src-renderer/synchronizations/synchronizations.ts'
import { useTableView } from '../../src-renderer/table/table-view.ts'
import { useNavigation } from '../../src-renderer/ui/navigation.ts'
import { row, server, show, stubBridge } from './support.ts'

const HOUR = 3_600_000
const unknown = <T>(...last: T[]): (T | null)[] => [...Array.from({ length: CELLS - last.length }, () => null), ...last]
const away = (id: string, name: string): Server =>
  server({ id, name, reach: { ...server().reach, state: 'unreachable', since: Date.now() - 3 * HOUR } })

interface Held {
  readonly servers?: Server[]
  readonly rows?: SynchronizationRow[]
  readonly conflicts?: Conflict[]
  /** More rows are still on their way. */
  readonly ofTotal?: number
}
let asked: ReturnType<typeof stubBridge>

async function overview({ servers = [server()], rows = [], conflicts = [], ofTotal }: Held): Promise<VueWrapper> {
  asked = stubBridge({
    'history:strips': ({ refs }: { refs: unknown[] }) => ({
      from: 0,
      strips: refs.map((): Strip => unknown('running', 'running', 'error')),
    }),
    'history:counts': () => ({ error: unknown(1, 2, 4), attention: unknown(3) }),
  })
  const wrapper = show(OverviewView, {}, () => {
    useServers().replace(servers)
    useSynchronizations().replace(rows, ofTotal ?? null)
    useConflicts().replace(conflicts)
    useNavigation().view = 'overview'
  })
  await flushPromises()
  return wrapper
}
const at = (wrapper: VueWrapper, name: string) => wrapper.get(`[data-test="${name}"]`)
const needing = (wrapper: VueWrapper) => wrapper.findAll('[data-test=overview-needs] [data-health]')

beforeEach(() => {
  document.body.innerHTML = ''
  localStorage.clear()
})

const bad = (key: string, more: Partial<SynchronizationRow> = {}): SynchronizationRow =>
  row({ key, health: 'error', state: message('synchronizations.states.error'), ...more })

describe('what needs you', () => {
  it('has its tags and a sign of its note, and so have the servers', async () => {
    const note = { ...NO_NOTE, text: 'Ask Petra first' }
    const wrapper = await overview({
      servers: [server({ tags: ['hub'], note: { ...NO_NOTE, owner: 'Platform' } })],
      rows: [bad('E-1', { tags: ['acme'], note }), bad('E-2')],
    })
    const marksOf = (name: string) => [
      at(wrapper, name)
        .findAll('.row-tag')
        .map((tag) => tag.text()),
      at(wrapper, name)
        .findAll('.note-sign')
        .map((sign) => sign.attributes('title')),
    ]
    expect(marksOf('needs-E-1')).toEqual([['acme', 'hub'], ['Ask Petra first']])
    expect(marksOf('needs-E-2')).toEqual([['hub'], []])
    expect(marksOf('overview-server-Vienna')).toEqual([['hub'], ['Owner: Platform']])
  })

  it('is at most ten, the worst first, each with why and a strip; all of them are one click away', async () => {
    const wrapper = await overview({
      rows: [
        row({ key: 'WELL' }),
        row({ key: 'ATT', health: 'attention', state: foreign('Restart required') }),
        ...Array.from({ length: 11 }, (_, index) => bad(`E-${index}`, { issuesInError: index })),
        bad('WORST', { issuesInError: 40, reason: foreign('The field is not there') }),
      ],
    })
    const keys = needing(wrapper).map((found) => found.attributes('data-test'))
    expect(keys).toHaveLength(10)
    expect(keys.slice(0, 2)).toEqual(['needs-WORST', 'needs-E-10'])
    const worst = at(wrapper, 'needs-WORST')
    expect(worst.text()).toContain('Broken · The field is not there')
    expect(worst.get('.strip').attributes('aria-label')).toBe('Last 24 hours: Broken 0.5 h · Running 1 h')
    expect(at(wrapper, 'overview-all').text()).toBe('All 13')
    await at(wrapper, 'overview-all').trigger('click')
    expect([useTableView().states, useNavigation().view]).toEqual([['error', 'attention'], 'synchronizations'])
    expect(useTableView().visible).toHaveLength(13)
  })

  it('offers what helps, where something can, and asks before it does it', async () => {
    const wrapper = await overview({
      servers: [server(), away('s2', 'Graz')],
      rows: [
        bad('BROKEN'),
        row({ key: 'CHANGED', health: 'attention', state: message('synchronizations.states.restartRequired') }),
        row({ key: 'OLD', health: 'attention', state: message('synchronizations.states.updateRequired') }),
        bad('AWAY', { serverId: 's2' as Server['id'] }),
      ],
    })
    const offers = wrapper.findAll('[data-test^=remedy-]').map((found) => found.attributes('aria-label'))
    expect(offers).toEqual(['BROKEN: Restart', 'CHANGED: Restart'])
    await at(wrapper, 'remedy-CHANGED').trigger('click')
    await flushPromises()
    expect(document.body.querySelector('[data-test=confirm-operation]')?.textContent).toContain('CHANGED')
    expect(useOpenPanels().activeId).toBeNull()
  })

  it('leads to the panel', async () => {
    const wrapper = await overview({ rows: [bad('INT-7')] })
    await at(wrapper, 'needs-INT-7').trigger('click')
    expect([useOpenPanels().activeId, useNavigation().view]).toEqual(['s1 INT-7', 'synchronizations'])
  })

  it('says since when, and at least where the beginning was not seen', async () => {
    const since = Date.now() - 2 * HOUR - 120_000
    const wrapper = await overview({ rows: [bad('A', { since }), bad('B', { since, isSinceSeen: false })] })
    expect(needing(wrapper).map((found) => found.get('.since').text())).toEqual(['2 h', '≥ 2 h'])
  })

  it('says it from the first minute on', async () => {
    const since = Date.now() - 5_000
    const wrapper = await overview({ rows: [bad('A', { since }), bad('B', { since, isSinceSeen: false })] })
    expect(needing(wrapper).map((found) => found.get('.since').text())).toEqual(['now', 'just seen'])
    expect(needing(wrapper)[1]?.get('.since').attributes('title')).toMatch(/^Since .* or longer/)
  })

  it('begins with servers that wait for the user, with the remedy', async () => {
    const blocked = { state: 'blocked', reason: 'rejected', attempts: 1, since: 0, nextAttemptAt: 0 } as const
    const wrapper = await overview({ servers: [server({ access: blocked as Server['access'] })], rows: [bad('A')] })
    expect(at(wrapper, 'trouble-line').text()).toContain('Vienna: log-in refused')
    expect(at(wrapper, 'update-credentials').text()).toBe('Update credentials')
    expect(needing(wrapper)).toHaveLength(0)
  })

  it('is nothing where all is well, but not before everything is known', async () => {
    expect((await overview({ rows: [row()] })).find('[data-test=overview-well]').exists()).toBe(true)
    const loading = await overview({ rows: [row()], ofTotal: 500 })
    expect(loading.find('[data-test=overview-well]').exists()).toBe(false)
    expect(at(loading, 'overview-broken').text()).toContain('…')
  })
})

describe('the numbers', () => {
  const rows = [
    bad('A', { issuesInError: 3 }),
    bad('B', { serverId: 's2', issuesInError: 2 }),
    row({ key: 'C', health: 'attention' }),
    row({ key: 'D' }),
  ]
  const servers = [server(), away('s2', 'Graz')]

  it('count what the table shows behind them; what is only remembered is counted separately', async () => {
    const wrapper = await overview({ servers, rows })
    expect(wrapper.get('h1').text()).toBe('4 synchronizations on 2 servers')
    expect(at(wrapper, 'overview-broken').get('.number').text()).toBe('1')
    expect(at(wrapper, 'overview-broken').get('.note').text()).toMatch(/^1 more as last seen · \+3 since /)
    expect(at(wrapper, 'overview-issues').text()).toContain('5')
    await at(wrapper, 'overview-broken').trigger('click')
    expect(useTableView().visible.map(({ key }) => key)).toEqual(['A'])
    await at(wrapper, 'overview-attention').trigger('click')
    expect(useTableView().visible.map(({ key }) => key)).toEqual(['C'])
    await at(wrapper, 'overview-issues').trigger('click')
    expect(useTableView().visible[0]?.key).toBe('A')
    expect(useTableView().sort).toEqual({ column: 'errors', isDescending: true })
    await at(wrapper, 'overview-conflicts').trigger('click')
    expect(useNavigation().view).toBe('conflicts')
  })

  it('have a line only where a history is known', async () => {
    const wrapper = await overview({ servers, rows })
    const line = (name: string) => at(wrapper, `overview-${name}`).find('svg.trend')
    expect(line('broken').attributes('aria-label')).toBe('Broken over the last 24 hours: 1 at first, 4 at most, 4 now')
    for (const name of ['attention', 'issues', 'conflicts']) expect(line(name).exists()).toBe(false)
  })

  it('of the past are those of the conflicts that there were', () => {
    const from = 0
    const conflict = (firstSeenAt: number, goneAt: number | null) => ({ firstSeenAt, goneAt }) as Conflict
    const over = conflictsOver(
      [conflict(45 * CELL_MS, null), conflict(45 * CELL_MS, 47 * CELL_MS)],
      from,
      47 * CELL_MS + 1,
    )
    expect(over.slice(-4)).toEqual([2, 2, 1, 1])
    expect(over[0]).toBeNull()
    expect(changeOf(over)).toMatchObject({ by: -1 })
    expect(changeOf(unknown(3))).toBeNull()
  })
})

describe('the servers', () => {
  it('have their counts as links, or what is wrong', async () => {
    const wrapper = await overview({
      servers: [server(), away('s2', 'Graz')],
      rows: [bad('A'), row({ key: 'B' }), row({ key: 'C', serverId: 's2' })],
    })
    const [broken] = at(wrapper, 'overview-server-Vienna').findAll('.counts button')
    expect(broken?.text()).toMatch(/^1\s+broken$/)
    await broken?.trigger('click')
    expect([useTableView().states, useTableView().serverIds]).toEqual([['error'], ['s1']])
    const graz = at(wrapper, 'overview-server-Graz')
    expect(graz.text()).toContain('Unreachable since')
    expect(graz.get('.counts').text()).toBe('1 as last seen')
  })

  it('have one line each where there are many, all of them', async () => {
    const servers = Array.from({ length: 100 }, (_, index) => server({ id: `s${index}`, name: `Server ${index}` }))
    const wrapper = await overview({ servers, rows: [bad('A')] })
    expect(wrapper.findAll('.server.line')).toHaveLength(100)
    expect((await overview({ servers: servers.slice(0, 11) })).findAll('.card.server')).toHaveLength(11)
  })

  it('need no network: only the local history is asked', async () => {
    await overview({ servers: [away('s1', 'Vienna')], rows: [bad('A')] })
    expect([...new Set(asked.map(({ channel }) => channel))]).toEqual(['history:counts'])
  })
})

describe('the earlier visit', () => {
  const visit = (at: number, more: object = {}) => ({
    at,
    servers: 's1',
    broken: 1,
    attention: 0,
    stopped: 0,
    conflicts: 0,
    away: 0,
    ...more,
  })

  it('is the last one, unless that was just now', () => {
    leave(visit(1_000), null)
    expect(earlierVisit(HOUR)?.at).toBe(1_000)
    leave(visit(HOUR), visit(1_000))
    expect(earlierVisit(HOUR + 60_000)?.at).toBe(1_000)
    localStorage.setItem('overview-visits', '{"last": {"at": "x"}}')
    expect(earlierVisit(HOUR)).toBeNull()
  })

  it('is compared only where the servers are the same', () => {
    expect(changesSince(visit(0), visit(0, { servers: 's1 s2' }))).toBeNull()
    expect(changesSince(visit(0), visit(0, { broken: 3 }))).toEqual([{ what: 'broken', by: 2 }])
  })

  it('is shown in words', async () => {
    leave(visit(Date.now() - HOUR), null)
    const wrapper = await overview({ rows: [bad('A'), bad('B'), bad('C')] })
    expect(at(wrapper, 'overview-news').text()).toMatch(/^Since .+: 2 more broken$/)
  })
})
