import { describe, expect, it } from 'vitest'
import { said, spoken } from '../support/said.ts'
import { foreign } from '../../src-contract/messages/message.ts'
import { pathSegment } from '../../src-main/backbone/path-segment.ts'
import { RefusedAnswers } from '../../src-main/backbone/refused-answers.ts'
import { AppError } from '../../src-main/errors/app-error.ts'
import type { JiraOptions, SimulatedJira } from '../../src-simulator/index.ts'
import { addServer, startJira, startMain, type TestMain } from '../support/services.ts'
import { jiraAnswer } from '../support/jira-answer.ts'

interface Scene {
  readonly jira: SimulatedJira
  readonly main: TestMain
  readonly serverId: string
  refresh(): Promise<void>
  /** Key, state and source of each row. */
  rows(): Promise<string[]>
  reach(): Promise<{ code: string | undefined; gaps: string[] }>
  answerWith(path: string, value: unknown): void
}

async function scene(options: JiraOptions, more: Parameters<typeof addServer>[2] = {}): Promise<Scene> {
  const jira = await startJira(options)
  const main = startMain()
  const serverId = await addServer(main, jira, more)
  return {
    jira,
    main,
    serverId,
    refresh: async () => void (await main.ask('synchronizations:refresh', { serverId })),
    rows: async () => (await main.rows()).map(({ key, state, source }) => `${key} ${said(state)} ${source}`),
    reach: async () => {
      const reach = (await main.ask('servers:list', {}))[0]?.reach
      return { code: reach?.error?.code, gaps: (reach?.gaps ?? []).map(said) }
    },
    answerWith: (path, value) => {
      jira.faults.add({ path, fault: jiraAnswer(value) })
    },
  }
}

const listed = (jira: SimulatedJira): Record<string, unknown>[] =>
  [...jira.api.entries.values()].map(({ integration, status }) => ({ ...integration, status }))

describe('a list in which only some items have their state', () => {
  it('is completed by asking for the others, whose state is not erased by the next list', async () => {
    const { jira, refresh, rows } = await scene({ synchronizations: 3, embedsStatus: true })
    for (const key of ['INT-2', 'INT-3', 'INT-4'])
      jira.entry(key).status = { ...jira.entry(key).status, status: 'STOPPED' }
    const [first, second, third] = listed(jira)
    const body = JSON.stringify([first, { ...second, status: {} }, { ...third, status: undefined }])
    jira.faults.add({
      path: '/integrations',
      times: 1,
      fault: jiraAnswer(body),
    })
    await refresh()
    expect(await rows()).toEqual(['INT-2 Stopped live', 'INT-3 Stopped live', 'INT-4 Stopped live'])
    expect(jira.requestsTo('/integrations/INT-2/status')).toHaveLength(0)
    expect(jira.requestsTo('/integrations/INT-3/status')).toHaveLength(1)
    expect(jira.requestsTo('/integrations/INT-4/status')).toHaveLength(1)
    jira.faults.add({
      path: '/integrations',
      times: 1,
      fault: jiraAnswer(body),
    })
    jira.faults.add({ path: '/integrations/INT-4/status', fault: { kind: 'answer', status: 404, body: '' } })
    await refresh()
    expect(await rows()).toEqual(['INT-2 Stopped live', 'INT-3 Stopped live', 'INT-4 Stopped cache'])
  })
})

describe('an answer for something else than was asked for', () => {
  it('is refused: another synchronization’s object makes no row and changes none', async () => {
    const { jira, main, serverId, refresh, rows, answerWith } = await scene({ synchronizations: 2, embedsStatus: true })
    await refresh()
    const before = await rows()
    for (const other of ['INT-3', 'INT-99']) {
      answerWith('/integrations/INT-2', { ...jira.entry('INT-3').integration, integrationKey: other })
      const detail = await main.ask('synchronizations:detail', { serverId, key: 'INT-2' })
      expect(spoken(detail)).toMatchObject({
        key: 'INT-2',
        source: 'cache',
        problem: `The server was asked for INT-2 and answered with ${other}.`,
      })
      expect(await rows()).toEqual(before)
      jira.faults.clear()
    }
  })

  it('is refused: another synchronization’s state', async () => {
    const { jira, refresh, rows, reach, answerWith } = await scene({ synchronizations: 2 })
    await refresh()
    jira.entry('INT-3').status = { ...jira.entry('INT-3').status, status: 'SOMETHING ELSE' }
    answerWith('/integrations/INT-2/status', jira.entry('INT-3').status)
    await refresh()
    expect((await rows())[0]).toMatch(/^INT-2 (?!SOMETHING ELSE).* cache$/)
    expect((await reach()).gaps.join()).toMatch(
      /^The state of INT-2 could not be read: The server was asked for \S+ and \S+ and answered with \S+\.$/,
    )
  })

  it('is refused: another task', async () => {
    const { jira, main, serverId, refresh } = await scene({ synchronizations: 1, embedsStatus: true })
    await refresh()
    const api = main.services.connections.get(serverId).api
    const task = await api.operate('INT-2', 'stop')
    const other = { id: 'OTHER', finished: true, hasFailed: false, cancelled: false, progress: 100, message: '' }
    jira.faults.add({
      path: '/async-tasks',
      times: 1,
      fault: jiraAnswer(other),
    })
    await expect(api.task(task.id, null)).rejects.toMatchObject({ code: 'http.unexpected-body' })
  })

  it.each([
    ['other connectors', 'connectors'],
    ['another key', 'key'],
  ])('is not used: a state in a list that names %s, and the status is asked for', async (_name, what) => {
    const { jira, refresh, rows } = await scene({ synchronizations: 2, embedsStatus: true })
    await refresh()
    const own = jira.entry('INT-2').status
    const [first, second] = listed(jira)
    const other = what === 'connectors' ? jira.entry('INT-3').status : { ...own, integrationKey: 'INT-3' }
    const mixed = { ...other, status: 'SOMETHING ELSE' }
    jira.faults.add({
      path: '/integrations',
      times: 1,
      fault: jiraAnswer([{ ...first, status: mixed }, second]),
    })
    own.status = 'STOPPED'
    await refresh()
    expect((await rows())[0]).toBe('INT-2 Stopped live')
    expect(jira.requestsTo('/integrations/INT-2/status')).toHaveLength(1)
  })

  it.each([
    ['as a whole', { integrationKey: 'INT-3', conflicts: [{ message: 'Of INT-3' }] }],
    ['in a list', [{ integrationKey: 'INT-3', message: 'Of INT-3' }]],
    ['in a list of an object', { conflicts: [{ integrationKey: 'INT-3', message: 'Of INT-3' }] }],
  ])('is refused: conflicts that name another synchronization, %s', async (_name, answer) => {
    const { main, serverId, refresh, answerWith } = await scene({ synchronizations: 2, embedsStatus: true })
    await refresh()
    answerWith('/integrations/INT-2/conflicts', answer)
    await expect(main.ask('conflicts:refresh', { serverId, key: 'INT-2' })).rejects.toThrow(
      'The server was asked for INT-2 and answered with INT-3.',
    )
    expect(JSON.stringify(await main.ask('conflicts:list', {}))).not.toContain('Of INT-3')
  })

  it('is refused: another connector’s links', async () => {
    const { main, serverId, refresh, answerWith } = await scene({ synchronizations: 1, embedsStatus: true })
    await refresh()
    answerWith('/connectors/', [{ id: 1, connectorKey: 'ZZ-9', localIssueKey: 'A-1', remoteIssueKey: 'B-1' }])
    const { api } = main.services.connections.get(serverId)
    await expect(api.links('AP-1')).rejects.toMatchObject({ code: 'http.unexpected-body' })
  })

  it('is left out, and counted: another connector’s link among one’s own', async () => {
    const { main, serverId, refresh, answerWith } = await scene({ synchronizations: 1, embedsStatus: true })
    await refresh()
    const own = { id: 1, connectorKey: 'AP-1', localIssueKey: 'A-1', remoteIssueKey: 'B-1' }
    answerWith('/connectors/', [{ ...own, id: 2, connectorKey: 'ZZ-9' }, own])
    const { api } = main.services.connections.get(serverId)
    expect(await api.links('AP-1')).toEqual({ links: [own], unreadable: 1 })
  })
})

describe('a project that the user may not read', () => {
  const account = { name: 'pa', password: 'pa', tokens: [], role: 'project-administrator', projects: ['AP'] } as const

  it('hides no other; it is reported, and its rows keep their age', async () => {
    const { jira, main, refresh, rows, reach } = await scene(
      { synchronizations: 60, embedsStatus: true, accounts: [{ ...account, projects: ['AP', 'SUPP'] }] },
      { user: 'pa', secret: 'pa', projectKeys: ['SUPP', 'AP'] },
    )
    await refresh()
    const before = await rows()
    expect((await reach()).gaps).toEqual([])
    jira.faults.add({ path: '/integrations?projectKey=SUPP', fault: { kind: 'answer', status: 403, body: 'no' } })
    jira.faults.add({ path: '/integrations', times: 1, fault: { kind: 'answer', status: 403, body: 'no' } })
    await refresh()
    const after = await main.rows()
    expect(after).toHaveLength(before.length)
    const isSupp = ({ first, second }: (typeof after)[number]): boolean =>
      [first, second].some((side) => side?.projectKey === 'SUPP')
    expect(after.filter(({ source }) => source === 'cache').every(isSupp)).toBe(true)
    expect(after.some(({ source }) => source === 'cache')).toBe(true)
    expect(after.filter((row) => !isSupp(row)).every(({ source }) => source === 'live')).toBe(true)
    const { code, gaps } = await reach()
    expect(code).toBeUndefined()
    expect(gaps[0]).toBe('Project SUPP could not be listed: The user has no right to do this in Backbone.')
  })

  it('is the server’s failure where it is the only one', async () => {
    const { refresh, reach } = await scene(
      { synchronizations: 9, accounts: [account] },
      { user: 'pa', secret: 'pa', projectKeys: ['SUPP'] },
    )
    await refresh()
    expect((await reach()).code).toBe('auth.forbidden')
  })
})

describe('a list of a project that holds none of it', () => {
  const account = {
    name: 'admin',
    password: 'admin',
    tokens: [],
    role: 'project-administrator',
    projects: ['AP', 'SUPP'],
  } as const
  const of = (jira: SimulatedJira, project: string): Record<string, unknown>[] =>
    [...jira.api.entries.values()]
      .filter(({ integration: { firstConnector, secondConnector } }) =>
        [firstConnector, secondConnector].some((side) => side?.projectKey === project),
      )
      .map(({ integration, status }) => ({ ...integration, status }))

  it('is not used: its rows stay as old as they are, and nothing of it is shown', async () => {
    const { jira, main, refresh, rows, reach } = await scene(
      { synchronizations: 60, embedsStatus: true, accounts: [account] },
      { projectKeys: ['SUPP', 'AP'] },
    )
    await refresh()
    const before = (await rows()).length
    const others = of(jira, 'BILL')
      .filter((item) => !of(jira, 'SUPP').some(({ integrationKey }) => integrationKey === item.integrationKey))
      .map((item) => ({ ...item, integrationKey: `${String(item.integrationKey)}-other` }))
    jira.faults.add({ path: '/integrations', times: 1, fault: jiraAnswer(others) })
    await refresh()
    const after = await main.rows()
    expect(after).toHaveLength(before)
    const isStale = ({ first, second }: (typeof after)[number]): boolean =>
      [first, second].some((side) => side?.projectKey === 'SUPP')
    expect(after.filter(({ source }) => source === 'cache').every(isStale)).toBe(true)
    expect(after.some(({ source }) => source === 'cache')).toBe(true)
    const { code, gaps } = await reach()
    expect(code).toBeUndefined()
    expect(gaps[0]).toMatch(
      /^Project SUPP could not be listed: The server was asked for SUPP and answered with [A-Z]+\.$/,
    )
  })

  it('is used for its own where it holds others as well: these are not shown, are named as a gap, and nothing is deleted', async () => {
    const { jira, refresh, rows, reach } = await scene(
      { synchronizations: 60, embedsStatus: true, accounts: [account] },
      { projectKeys: ['AP'] },
    )
    await refresh()
    const keys = async (): Promise<(string | undefined)[]> => (await rows()).map((row) => row.split(' ')[0])
    const before = await keys()
    const [dropped, ...own] = of(jira, 'AP')
    const others = of(jira, 'BILL').filter(({ integrationKey }) => !before.includes(String(integrationKey)))
    jira.faults.add({ path: '/integrations', times: 1, fault: jiraAnswer([...own, ...others]) })
    await refresh()
    expect(await keys()).toEqual(before)
    const { code, gaps } = await reach()
    expect(code).toBeUndefined()
    expect(gaps[0]).toContain('has a project that was not asked for')
    expect(gaps[1]).toContain(`${String(dropped?.integrationKey)} was not listed, but may be in a gap`)
    await refresh()
    expect((await reach()).gaps).toEqual([])
  })

  it('is the server’s failure where no other is asked for; an empty one, or one that names no project, is believed', async () => {
    const { jira, refresh, rows, reach, answerWith } = await scene(
      { synchronizations: 60, embedsStatus: true, accounts: [account] },
      { projectKeys: ['AP'] },
    )
    await refresh()
    const before = await rows()
    answerWith('/integrations', of(jira, 'BILL'))
    await refresh()
    expect((await reach()).code).toBe('http.unexpected-body')
    expect((await rows()).map((row) => row.split(' ')[0])).toEqual(before.map((row) => row.split(' ')[0]))
    jira.faults.clear()
    answerWith('/integrations', [
      { integrationKey: 'INT-1', status: { status: 'x', firstConnector: { online: true } } },
    ])
    await refresh()
    expect(await rows()).toEqual(['INT-1 x live'])
    jira.faults.clear()
    answerWith('/integrations', [])
    await refresh()
    expect(await rows()).toEqual([])
    expect((await reach()).code).toBeUndefined()
  })
})

describe('one odd item', () => {
  const levels = (count: number): string => '['.repeat(count) + ']'.repeat(count)

  it.each([
    ['200,000 levels', `{"integrationKey":"INT-9","more":${levels(200_000)}}`, 'more than 64 levels'],
    [
      'a key of a million letters',
      `{"integrationKey":"${'K'.repeat(1_000_000)}"}`,
      'a key of more than 255 characters',
    ],
    ['a key that is half a character', '{"integrationKey":"INT-\\ud83d"}', 'a key that is not text'],
    ['a key with a line break', '{"integrationKey":"INT-\\n1"}', 'a key that is not text'],
    ['no key', '{"summary":"x"}', 'no key'],
    ['no object', '7', 'no key'],
  ])('of a list concerns itself alone, and is told: %s', async (_name, odd, words) => {
    const { jira, main, refresh, rows, reach, answerWith } = await scene({ synchronizations: 3, embedsStatus: true })
    await refresh()
    const [first, second] = listed(jira)
    answerWith('/integrations', `[${JSON.stringify(first)},${odd},${JSON.stringify(second)}]`)
    await refresh()
    // The one that is not listed may be the odd one: it is not reported as deleted.
    expect((await rows()).map((row) => row.replace(/ .* /, ' '))).toEqual(['INT-2 live', 'INT-3 live', 'INT-4 cache'])
    expect(await reach()).toEqual({
      code: undefined,
      gaps: [
        `An item in the list is not shown, because it has ${words}.`,
        'INT-4 was not listed, but may be in a gap of the list.',
      ],
    })
    expect(main.log.filter((line) => line.includes('reading with gaps'))).toHaveLength(1)
    jira.faults.clear()
    jira.api.entries.delete('INT-4')
    await refresh()
    expect(await rows()).toHaveLength(2)
    expect((await reach()).gaps).toEqual([])
  })

  it('may hold half characters in its texts', async () => {
    const { main, refresh, reach, answerWith } = await scene({ embedsStatus: true })
    answerWith(
      '/integrations',
      '[{"integrationKey":"INT-1","summary":"\\ud83d half","status":{"status":"\\udc00","firstConnector":{"online":true}}}]',
    )
    await refresh()
    expect(spoken(await main.rows())).toMatchObject([{ key: 'INT-1', summary: '\uFFFD half', state: '\uFFFD' }])
    expect((await reach()).gaps).toEqual([])
  })
})

describe('a synchronization over which its server fails', () => {
  const FAILS = { kind: 'answer', status: 500, body: '' } as const
  const sources = async (rows: Scene['rows'], source: string): Promise<string[]> =>
    (await rows()).filter((row) => row.endsWith(source)).map((row) => row.split(' ')[0] ?? '')

  it.each([
    ['answers with an error', FAILS],
    ['cuts the answer off', { kind: 'reset-after' } as const],
  ])('keeps no other unread: the server %s', async (_name, fault) => {
    const { jira, refresh, rows, reach } = await scene({ synchronizations: 30 })
    jira.faults.add({ path: '/integrations/INT-2/status', fault })
    for (let round = 0; round < 2; round += 1) {
      await refresh()
      expect(await sources(rows, 'cache')).toEqual(['INT-2'])
      const { code, gaps } = await reach()
      expect(code).toBeUndefined()
      expect(gaps).toEqual([expect.stringMatching(/^The state of INT-2 could not be read: /)])
    }
    jira.faults.clear()
    await refresh()
    expect(await sources(rows, 'cache')).toEqual([])
    expect((await reach()).gaps).toEqual([])
  })

  it('is asked for after the others, one such in a round, however many there are', async () => {
    const { jira, main, serverId, refresh, rows, reach } = await scene({ synchronizations: 30 })
    await refresh()
    for (const number of [2, 3, 4, 5, 6]) jira.faults.add({ path: `/integrations/INT-${number}/status`, fault: FAILS })
    const failuresOfRound = async (): Promise<number> => {
      const before = jira.seen.length
      await refresh()
      const failed = jira.seen.slice(before).filter(({ path, status }) => path.endsWith('/status') && status === 500)
      return new Set(failed.map(({ path }) => path)).size
    }
    // The first rounds find them, three at most in each.
    for (let round = 0; round < 6 && (await failuresOfRound()) !== 1; round += 1);
    for (let round = 0; round < 2; round += 1) {
      expect(await failuresOfRound()).toBe(1)
      expect((await reach()).code).toBeUndefined()
      expect(await sources(rows, 'cache')).toEqual(['INT-2', 'INT-3', 'INT-4', 'INT-5', 'INT-6'])
      expect((await reach()).gaps.join()).toMatch(/^The state of INT-\d, INT-\d, INT-\d and 2 more could not be read/)
    }
    jira.faults.clear()
    await main.ask('synchronizations:detail', { serverId, key: 'INT-6' })
    await refresh()
    expect(await sources(rows, 'cache')).toEqual([])
  })

  it('is the server’s failure where it fails over three in a row', async () => {
    const { jira, main, refresh } = await scene({ synchronizations: 30 })
    await refresh()
    jira.faults.add({ path: '/integrations/INT-', fault: FAILS })
    await refresh()
    // The first to say so may be one that was never sent, and shares the failure of those before it.
    const reach = (await main.ask('servers:list', {}))[0]?.reach
    expect(said(reach?.error?.message ?? null)).toBe('The server failed to answer (HTTP 500).')
  })

  it.each([502, 503])('is the server’s failure where the answer says that it is not there: %i', async (status) => {
    const { jira, refresh, reach } = await scene({ synchronizations: 3 })
    jira.faults.add({ path: '/integrations/INT-2/status', fault: { ...FAILS, status } })
    await refresh()
    expect((await reach()).code).toBe('http.server-error')
  })
})

describe('a key that means another path', () => {
  it.each(['.', '..'])('is shown, and never sent: %s', async (key) => {
    const { jira, main, serverId, refresh, rows, reach, answerWith } = await scene({ synchronizations: 1 })
    answerWith('/integrations', [{ integrationKey: key, summary: 'odd' }])
    await refresh()
    expect(await rows()).toEqual([`${key} Not read yet cache`])
    expect((await reach()).gaps.join()).toContain('cannot be addressed')
    const asked = jira.seen.length
    const api = main.services.connections.get(serverId).api
    const calls = [
      () => api.delete(key),
      () => api.operate(key, 'start'),
      () => api.update(key, {}),
      () => api.updateConnection(key, {}),
      () => api.detail(key),
      () => api.status(key),
      () => api.conflicts(key),
      () => api.resync(key, {}),
      () => api.links(key),
      () => api.importLinks(key, []),
      () => api.deleteLink(key, '1'),
      () => api.task(key, null),
    ]
    for (const call of calls) await expect(call()).rejects.toMatchObject({ code: 'input.invalid' })
    expect(jira.seen).toHaveLength(asked)
  })

  it('is the only kind of odd key that is not sent, coded', () => {
    for (const key of ['INT-1', 'a/b', '../x', '%2e%2e', '…', 'a b', '...']) {
      expect(new URL(`http://x/a/${pathSegment(key)}/b`).pathname.split('/')).toHaveLength(4)
      expect(decodeURIComponent(pathSegment(key))).toBe(key)
    }
    for (const key of ['', ' ', '.', '..', 'x'.repeat(256), 'a\ud800', 'a\r\nb'])
      expect(() => pathSegment(key)).toThrow(AppError)
  })
})

describe('an answer that was refused for its size', () => {
  it('is not fetched again in each round, unless the user asks', async () => {
    const { jira, main, serverId, refresh, rows, reach, answerWith } = await scene({ synchronizations: 2 })
    answerWith('/integrations/INT-2/status', `{"status":${'['.repeat(100)}${']'.repeat(100)}}`)
    await refresh()
    expect((await rows()).map((row) => row.split(' ').at(-1))).toEqual(['cache', 'live'])
    expect(await reach()).toEqual({
      code: undefined,
      gaps: ['The state of INT-2 could not be read: The answer is not from Backbone: it has more than 64 levels.'],
    })
    for (let round = 0; round < 3; round += 1) expect(await main.services.reader.refresh(serverId)).toBe(true)
    expect(jira.requestsTo('/integrations/INT-2/status')).toHaveLength(1)
    expect((await reach()).gaps).toHaveLength(1)
    jira.faults.clear()
    await refresh()
    expect(jira.requestsTo('/integrations/INT-2/status')).toHaveLength(2)
    expect((await reach()).gaps).toEqual([])
  })

  it('is asked for less and less often, and at once where it was good again', async () => {
    let elapsed = 0
    let asked = 0
    let isGood = false
    const answers = new RefusedAnswers({ elapsed: () => elapsed })
    const read = (): Promise<unknown> =>
      answers.read('x', async () => {
        asked += 1
        if (!isGood) throw new AppError('http.body-too-large', foreign('Too large.'))
        return asked
      })
    const askedWithin = async (minutes: number): Promise<number> => {
      const before = asked
      for (let minute = 0; minute < minutes; minute += 1) {
        await read().catch((error: AppError) =>
          expect(said(error.data.advice)).toMatch(/does not ask for it again for (a minute|\d+ minutes)/),
        )
        elapsed += 60_000
      }
      return asked - before
    }
    expect(await askedWithin(5)).toBe(1)
    expect(await askedWithin(10)).toBe(1)
    expect(await askedWithin(20)).toBe(1)
    expect(await askedWithin(10 * 60)).toBeLessThanOrEqual(11)
    isGood = true
    answers.clear()
    await read()
    expect(await askedWithin(3)).toBe(3)
  })

  it('is asked for once more where its shape alone was wrong, and then as if it were too large', async () => {
    let elapsed = 0
    let asked = 0
    const answers = new RefusedAnswers({ elapsed: () => elapsed })
    const shape = (): AppError => new AppError('http.unexpected-body', foreign('No JSON.'))
    const askedWithin = async (minutes: number, failure: () => AppError): Promise<number> => {
      const before = asked
      for (let minute = 0; minute < minutes; minute += 1) {
        await answers
          .read('x', async () => {
            asked += 1
            throw failure()
          })
          .catch(() => undefined)
        elapsed += 60_000
      }
      return asked - before
    }
    expect(await askedWithin(10, shape)).toBe(10)
    expect(await askedWithin(6, () => shape().ofLongAnswer())).toBe(2)
    expect(await askedWithin(10, () => shape().ofLongAnswer())).toBe(1)
  })
})
