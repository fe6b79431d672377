import { describe, expect, it } from 'vitest'
import type { HttpResponse } from '../../src-main/http/response-verdict.ts'
import type { FaultKind } from '../../src-simulator/faults.ts'
import type { SimulatedJira } from '../../src-simulator/index.ts'
import { plainStatus, type Status } from '../../src-simulator/model.ts'
import { changedAnswers } from '../support/changed-answers.ts'
import { fastClock } from '../support/fast-clock.ts'
import { movableClock } from '../support/movable-clock.ts'
import { said } from '../support/said.ts'
import { addServer, startJira, startMain, type TestMain, type TestMainOptions } from '../support/services.ts'
import { until } from '../../tools/until.ts'

type Listed = Partial<Status>

const wordAlone = ({ status }: Status): Listed => ({ status })
const withoutOtherSide = ({ secondConnector: _, ...listed }: Status): Listed => listed

/**
 * A server with a list that tells of each state what `tell` leaves of it. All is well, but for a side of INT-2 that is
 * offline.
 */
async function scene(
  tell: (status: Status) => Listed,
  {
    side = 'firstConnector',
    synchronizations = 3,
    change = (_, response) => response,
  }: {
    side?: keyof Status
    synchronizations?: number
    change?: (url: URL, response: HttpResponse) => HttpResponse
  } = {},
  options: TestMainOptions = {},
) {
  const jira = await startJira({ synchronizations, embedsStatus: true })
  for (const entry of jira.api.entries.values()) entry.status = plainStatus(entry.integration, true)
  Object.assign(jira.entry('INT-2').status[side] ?? {}, { online: false })
  const createTransport = changedAnswers((request, response) => {
    if (!request.url.pathname.endsWith('/integrations')) return change(request.url, response)
    const list = JSON.parse(response.body) as { status: Status }[]
    return { ...response, body: JSON.stringify(list.map((item) => ({ ...item, status: tell(item.status) }))) }
  })
  const main = startMain({ createTransport, ...options })
  const serverId = await addServer(main, jira)
  const refresh = async (of: TestMain = main): Promise<void> =>
    void (await of.ask('synchronizations:refresh', { serverId }))
  const again = (): TestMain => startMain({ folder: main.folder, keychain: main.keychain, createTransport, ...options })
  return { jira, main, refresh, again }
}

const row = async (main: TestMain, key = 'INT-2') => {
  const found = (await main.rows()).find((one) => one.key === key)
  return found && `${found.health}: ${said(found.state)} (${found.source})`
}
const asked = (jira: SimulatedJira, key = 'INT-2'): number => jira.requestsTo(`/integrations/${key}/status`).length
const OFFLINE = 'error: Offline side (live)'

describe('a state of which the list tells a word alone', () => {
  it.each<[string, FaultKind]>([
    ['was refused', { kind: 'answer', status: 403, body: '' }],
    ['failed', { kind: 'answer', status: 503, body: '' }],
    ['was broken off', { kind: 'reset-before' }],
  ])('is asked for until it was told, where the first request for it %s', async (_how, fault) => {
    const { jira, main, refresh } = await scene(wordAlone)
    jira.faults.add({ path: '/integrations/INT-2/status', fault })
    await refresh()
    expect(await row(main)).not.toBe(OFFLINE)
    jira.faults.clear()
    await refresh()
    expect(await row(main)).toBe(OFFLINE)
  })

  it('looks no fresher than it is, and is told as a gap, while it is refused; the list’s word is shown', async () => {
    const { jira, main, refresh } = await scene(wordAlone)
    jira.faults.add({ path: '/integrations/INT-2/status', fault: { kind: 'answer', status: 403, body: '' } })
    await refresh()
    expect(await row(main)).toBe('running: Running (cache)')
    main.events.length = 0
    await refresh()
    await main.rows()
    expect(main.events.filter(({ topic }) => topic === 'synchronizations:changed')).toEqual([])
    jira.entry('INT-2').status.status = 'STOPPED'
    for (let round = 0; round < 2; round += 1) {
      await refresh()
      expect(await row(main)).toBe('stopped: Stopped (cache)')
      const [server] = await main.ask('servers:list', {})
      expect(said(server?.reach.gaps[0])).toMatch(/^The state of INT-2 could not be read:/)
    }
    expect(asked(jira)).toBe(4)
  })

  it('is asked for by the next session where this one ended in the middle', async () => {
    const { jira, main, refresh, again } = await scene(wordAlone)
    jira.faults.add({ path: '/integrations/INT-2/status', fault: { kind: 'hang' } })
    void refresh()
    await until('it is asked for', () => asked(jira) === 1)
    await until('the list’s word is shown', async () => (await row(main)) !== undefined)
    await main.close()
    jira.faults.clear()
    const next = again()
    await refresh(next)
    expect(await row(next)).toBe(OFFLINE)
  })

  it('is asked for by the next session, too, where it was told to this one', async () => {
    const { jira, main, refresh, again } = await scene(wordAlone)
    await refresh()
    await main.close()
    jira.entry('INT-2').status.firstConnector.online = true
    const next = again()
    await refresh(next)
    expect(await row(next)).toBe('running: Running (live)')
  })

  it('comes before those that were told, in the round after one that was broken off', async () => {
    const told: string[] = []
    let most = 10
    const change = (url: URL, response: HttpResponse): HttpResponse => {
      if (!url.pathname.endsWith('/status')) return response
      return told.length < most && told.push(url.pathname) > 0 ? response : { ...response, status: 503 }
    }
    const { refresh } = await scene(wordAlone, { synchronizations: 60, change }, { clock: fastClock(20) })
    await refresh()
    most = 20
    await refresh()
    expect([told.length, new Set(told).size]).toEqual([20, 20])
    most = 60
    await refresh()
    expect(new Set(told).size).toBe(60)
  })

  it('is not asked for again where the status tells no more, until it is another word', async () => {
    const { jira, main, refresh } = await scene(wordAlone)
    for (const entry of jira.api.entries.values()) entry.status = { status: 'RUNNING' } as Status
    for (let round = 0; round < 3; round += 1) await refresh()
    expect(asked(jira)).toBe(1)
    expect(await row(main)).toBe('running: Running (live)')
    jira.entry('INT-2').status = { status: 'STOPPED' } as Status
    await refresh()
    await refresh()
    expect([asked(jira), asked(jira, 'INT-3')]).toEqual([2, 1])
    expect(await row(main)).toBe('stopped: Stopped (live)')
  })

  it('is asked for again after an hour, where the status told no more then', async () => {
    const { clock, moveOn } = movableClock()
    const { jira, main, refresh } = await scene(wordAlone, {}, { clock })
    const whole = structuredClone(jira.entry('INT-2').status)
    jira.entry('INT-2').status = { status: 'RUNNING' } as Status
    await refresh()
    jira.entry('INT-2').status = whole
    moveOn(59 * 60_000)
    await refresh()
    expect(await row(main)).toBe('running: Running (live)')
    moveOn(2 * 60_000)
    await refresh()
    expect(await row(main)).toBe(OFFLINE)
  })
})

describe('a state of which the list tells one side', () => {
  it('is asked for from the beginning, and shown, where there are two', async () => {
    const { jira, main, refresh } = await scene(withoutOtherSide, { side: 'secondConnector' })
    for (let round = 1; round <= 2; round += 1) {
      await refresh()
      expect(asked(jira)).toBe(round)
      expect(await row(main)).toBe(OFFLINE)
    }
  })

  it('is not asked for where the other Jira holds the other half', async () => {
    const { jira, main, refresh } = await scene((status) => status, { synchronizations: 40 })
    const distributed = [...jira.api.entries.values()].filter(({ integration }) => integration.distributed)
    expect(distributed).not.toHaveLength(0)
    for (let round = 0; round < 2; round += 1) await refresh()
    expect(jira.seen.filter(({ path }) => path.endsWith('/status'))).toEqual([])
    expect(await row(main)).toBe(OFFLINE)
  })

  it('is asked for where its status was seen to tell the other half as well', async () => {
    const { jira, main, refresh } = await scene(withoutOtherSide, { side: 'secondConnector' })
    const { integration, status } = jira.entry('INT-2')
    delete integration.secondConnector
    integration.distributed = true
    await refresh()
    expect([asked(jira), await row(main)]).toEqual([0, 'running: Running (live)'])
    await main.ask('synchronizations:detail', { serverId: (await main.rows())[0]?.serverId ?? '', key: 'INT-2' })
    expect(await row(main)).toBe(OFFLINE)
    Object.assign(status.secondConnector ?? {}, { online: true })
    await refresh()
    expect([asked(jira), await row(main)]).toEqual([2, 'running: Running (live)'])
  })
})

it('a state of which the list tells both sides and no word keeps the word that its status told', async () => {
  const { jira, main, refresh } = await scene(({ status: _, ...listed }) => listed)
  await refresh()
  expect(await row(main)).toBe(OFFLINE)
  expect(await row(main, 'INT-3')).toBe('running: Running (live)')
  expect(asked(jira, 'INT-3')).toBe(1)
})
