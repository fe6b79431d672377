import { describe, expect, it } from 'vitest'
import { MAX_CONFLICTS } from '../../src-contract/conflicts.ts'
import { readConflicts } from '../../src-main/backbone/conflicts.ts'
import { identify } from '../../src-main/conflicts/identity.ts'
import { addServer, startJira, startMain, type TestMain } from '../support/services.ts'
import { until } from '../../tools/until.ts'
import { said } from '../support/said.ts'

const keys = ['AP-1', 'PB-2']
const brief = async (answer: unknown): Promise<string[]> =>
  (await readConflicts(answer, keys)).conflicts.map(({ connectorKey, kind, severity, field, message }) =>
    [connectorKey, kind, severity, field, message].join('|'),
  )

describe('an answer about conflicts', () => {
  it.each([
    ['nothing', null, []],
    ['an empty list', [], []],
    ['an empty object', {}, []],
    ['a list of texts', ['Field A is not mapped', '  '], ['||||Field A is not mapped']],
    [
      'a list of objects',
      [{ key: 'workflow', message: 'No transition', severity: 'ERROR' }],
      ['|workflow|ERROR||No transition'],
    ],
    [
      'a message under another name',
      [{ type: 'field', description: 'Gone', field: 'summary' }],
      ['|field||summary|Gone'],
    ],
    ['lists by connector', { 'AP-1': [{ message: 'a' }], 'PB-2': [{ message: 'b' }] }, ['AP-1||||a', 'PB-2||||b']],
    ['lists by kind', { issueTypes: [{ message: 'a' }], fields: [] }, ['|issueTypes|||a']],
    ['connectors that hold kinds', { 'AP-1': { workflow: [{ message: 'a' }] } }, ['AP-1|workflow|||a']],
    ['lists in frames', { result: { conflicts: [{ message: 'a' }] }, total: 1 }, ['||||a']],
    ['one object that is a conflict', { message: 'a' }, ['||||a']],
    ['flags and counts only', { hasConflicts: false, total: 0 }, []],
    ['a bare text', 'Something is wrong', ['||||Something is wrong']],
    ['objects without any known name', [{ foo: 1 }], ['||||']],
    ['numbers in a list', [7, null, true], ['||||7', '||||true']],
    ['a number', 7, []],
  ])('that is %s', async (_name, answer, expected) => {
    expect(await brief(answer)).toEqual(expected)
  })

  it('that is nested without end, or has no end, is read as far as is sensible', async () => {
    let deep: unknown = [{ message: 'too deep' }]
    for (let depth = 0; depth < 200; depth += 1) deep = { data: deep }
    expect(await brief(deep)).toEqual([])
    const { conflicts, missing } = await readConflicts(
      Array.from({ length: 50_000 }, () => 'x'),
      keys,
    )
    expect([conflicts.length, missing]).toEqual([10_000, 40_000])
    expect((await identify(conflicts)).size, 'alike as they are').toBe(10_000)
  })
})

it('an answer about conflicts is walked over once, however its levels are nested', async () => {
  let looks = 0
  const counted = (): object =>
    new Proxy(
      { flag: true },
      {
        ownKeys: (target) => {
          looks += 1
          return Reflect.ownKeys(target)
        },
      },
    )
  let answer: object = {
    flags: Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`f${index}`, counted()])),
    list: [],
  }
  for (let level = 0; level < 5; level += 1) answer = { data: answer }
  expect((await readConflicts(answer, keys)).conflicts).toEqual([])
  expect(looks).toBeLessThan(2_000)
})

describe('a conflict is the same one', () => {
  const names = async (answer: unknown): Promise<string[]> => [
    ...(await identify((await readConflicts(answer, keys)).conflicts)).keys(),
  ]

  it('whatever its id, its time and the order of its members', async () => {
    expect(await names([{ id: 1, type: 'x', message: 'm', at: 5 }])).toEqual(
      await names([{ message: 'm', at: 6, type: 'x', id: 2 }]),
    )
    expect(await names([{ foo: 1, bar: 2 }])).toEqual(await names([{ bar: 2, foo: 1 }]))
  })

  it('only if it says the same', async () => {
    expect(await names([{ message: 'a' }])).not.toEqual(await names([{ message: 'b' }]))
    expect(await names({ 'AP-1': ['a'] })).not.toEqual(await names({ 'PB-2': ['a'] }))
  })

  it('where it says nothing, only if its JSON is the same, whatever the order of names on any level', async () => {
    expect(await names([{ foo: 1 }])).not.toEqual(await names([{ foo: 2 }]))
    expect(await names([{ foo: 1 }])).not.toEqual(await names([{ bar: 1 }]))
    expect(await names([{ foo: [{ a: 1, b: 2 }] }])).toEqual(await names([{ foo: [{ b: 2, a: 1 }] }]))
    expect(await names([{ foo: [1, 2] }])).not.toEqual(await names([{ foo: [2, 1] }]))
  })

  it('and alike ones are counted', async () => {
    expect(new Set(await names(['a', 'a', 'a'])).size).toBe(3)
  })
})

describe('conflicts of a server', () => {
  it('were last seen when their synchronization was last read, until they are gone; the answer is there once it was read', async () => {
    const jira = await startJira({ synchronizations: 1, embedsStatus: true })
    const main = startMain()
    const ref = { serverId: await addServer(main, jira), key: 'INT-2' }
    await main.ask('synchronizations:refresh', { serverId: ref.serverId })
    expect(await main.ask('conflicts:answer', ref)).toEqual({ json: null, readAt: null, problem: null })
    const read = async (body: string) => {
      jira.faults.clear()
      jira.faults.add({
        path: '/integrations/INT-2/conflicts',
        fault: { kind: 'answer', status: 200, headers: { 'Content-Type': 'application/json' }, body },
      })
      const before = Date.now()
      await until('the clock has moved', () => Date.now() > before)
      await main.services.conflicts.read(ref)
      const [conflict] = main.services.conflicts.list()
      if (conflict === undefined) throw new Error('There is no conflict')
      return conflict
    }
    const first = await read('["Field A is not mapped"]')
    const again = await read('["Field A is not mapped"]')
    expect(again.firstSeenAt).toBe(first.firstSeenAt)
    expect(again.lastSeenAt).toBeGreaterThan(first.lastSeenAt)
    expect((await main.ask('conflicts:answer', ref)).readAt).toBe(again.lastSeenAt)
    const gone = await read('[]')
    expect(gone.lastSeenAt).toBeLessThan(gone.goneAt ?? 0)
    expect((await read('[]')).lastSeenAt).toBe(gone.lastSeenAt)
  })

  it('that name only connectors of another synchronization are refused', async () => {
    const jira = await startJira({ synchronizations: 2, embedsStatus: true })
    const main = startMain()
    const serverId = await addServer(main, jira)
    await main.ask('synchronizations:refresh', { serverId })
    const connectorKey = jira.entry('INT-3').integration.firstConnector.connectorKey
    const body = JSON.stringify([{ message: 'somebody else’s', connectorKey }])
    jira.faults.add({
      path: '/integrations/INT-2/conflicts',
      fault: { kind: 'answer', status: 200, headers: { 'Content-Type': 'application/json' }, body },
    })
    await expect(main.services.conflicts.read({ serverId, key: 'INT-2' })).rejects.toMatchObject({
      code: 'http.unexpected-body',
    })
    expect(main.services.conflicts.list()).toEqual([])
  })

  it('that name a connector which nobody knows are shown: their shape is documented nowhere', async () => {
    const jira = await startJira({ synchronizations: 2, embedsStatus: true })
    const main = startMain()
    const serverId = await addServer(main, jira)
    await main.ask('synchronizations:refresh', { serverId })
    const body = JSON.stringify([{ message: 'by another name', connectorKey: 'ZZ-99' }])
    jira.faults.add({
      path: '/integrations/INT-2/conflicts',
      fault: { kind: 'answer', status: 200, headers: { 'Content-Type': 'application/json' }, body },
    })
    await main.services.conflicts.read({ serverId, key: 'INT-2' })
    expect(main.services.conflicts.list().map(({ message }) => message)).toEqual(['by another name'])
  })

  async function scene() {
    const jira = await startJira({ synchronizations: 3, embedsStatus: true })
    for (const { conflicts } of jira.api.entries.values()) conflicts.splice(0)
    const main = startMain()
    const serverId = await addServer(main, jira)
    await main.ask('synchronizations:refresh', { serverId })
    const ref = { serverId, key: 'INT-2' }
    const read = () => main.ask('conflicts:refresh', ref)
    const list = async () => (await main.ask('conflicts:list', {})).conflicts.filter(({ key }) => key === 'INT-2')
    const answer = (body: unknown) => {
      jira.faults.clear()
      jira.faults.add({
        path: '/integrations/INT-2/conflicts',
        fault: {
          kind: 'answer',
          status: 200,
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify(body),
        },
      })
    }
    return { jira, main, serverId, ref, read, list, answer }
  }

  it('are new, then known, then gone, and new again when they come back', async () => {
    const { main, read, list, answer } = await scene()
    answer([{ message: 'a' }])
    await read()
    const [first] = await list()
    expect(first).toMatchObject({ message: 'a', goneAt: null, seenAt: null })
    const { serverId = '', key = '', identity = '' } = first ?? {}
    await main.ask('conflicts:mark-seen', { conflicts: [{ serverId, key, identity }] })
    expect((await list())[0]?.seenAt).not.toBeNull()
    answer([])
    await read()
    expect((await list())[0]?.goneAt).not.toBeNull()
    answer([{ message: 'a' }])
    await read()
    expect((await list())[0]).toMatchObject({ goneAt: null, seenAt: null, firstSeenAt: first?.firstSeenAt })
  })

  it('are new again once a marking is undone: those that it marked, once, whatever came since', async () => {
    const { main, read, list, answer } = await scene()
    const refs = async (...messages: string[]) =>
      (await list())
        .filter(({ message }) => messages.includes(message))
        .map(({ serverId, key, identity }) => ({ serverId, key, identity }))
    const seen = async () => Object.fromEntries((await list()).map(({ message, seenAt }) => [message, seenAt !== null]))
    answer([{ message: 'a' }, { message: 'b' }])
    await read()
    const later = (than: number) => until('the time has passed', () => Date.now() > than)
    const first = await main.ask('conflicts:mark-seen', { conflicts: await refs('a') })
    expect(first.marked).toEqual(await refs('a'))
    await later(first.seenAt)
    const { seenAt, marked } = await main.ask('conflicts:mark-seen', { conflicts: await refs('a', 'b') })
    expect(marked).toEqual(await refs('b'))
    answer([{ message: 'a' }, { message: 'b' }, { message: 'c' }])
    await read()
    const undo = (conflicts = marked) => main.ask('conflicts:mark-new', { conflicts, seenAt })
    expect(await undo(await refs('a', 'c'))).toEqual({ count: 0 })
    expect(await undo()).toEqual({ count: 1 })
    expect(await seen()).toEqual({ a: true, b: false, c: false })
    await later(seenAt)
    await main.ask('conflicts:mark-seen', { conflicts: marked })
    expect(await undo()).toEqual({ count: 0 })
    expect(await seen()).toEqual({ a: true, b: true, c: false })
  })

  it('are counted wholly where not all are listed, and none of them is said to be gone', async () => {
    const { main, ref, read, answer } = await scene()
    const texts = Array.from({ length: MAX_CONFLICTS + 50 }, (_, index) => `conflict ${index}`)
    const count = async (of: Pick<TestMain, 'rows'>) =>
      (await of.rows()).find(({ key }) => key === ref.key)?.conflictCount
    answer(texts)
    await read()
    await until('all are counted', async () => (await count(main)) === MAX_CONFLICTS + 50)
    await main.close()
    const again = startMain({ folder: main.folder, keychain: main.keychain })
    expect(await count(again), 'after a restart').toBe(MAX_CONFLICTS + 50)
    answer(texts.toReversed())
    await again.ask('conflicts:refresh', ref)
    const listed = (await again.ask('conflicts:list', {})).conflicts
    expect(listed.filter(({ goneAt }) => goneAt !== null)).toEqual([])
    expect(listed).toHaveLength(MAX_CONFLICTS + 50)
  })

  it('are counted in their row, and reported as changes', async () => {
    const { main, ref, read, answer } = await scene()
    answer(['a', 'b'])
    await read()
    await until('the row tells', () =>
      main.events.some(
        ({ topic, payload }) =>
          topic === 'synchronizations:changed' && JSON.stringify(payload).includes('"conflictCount":2'),
      ),
    )
    expect((await main.rows()).find(({ key }) => key === ref.key)?.conflictCount).toBe(2)
    expect(main.events.some(({ topic }) => topic === 'conflicts:changed')).toBe(true)
  })

  it('are counted as new in their row until they are marked as seen, also after a restart', async () => {
    const { main, ref, read, list, answer } = await scene()
    const counts = async (of: Pick<TestMain, 'rows'>) => {
      const found = (await of.rows()).find(({ key }) => key === ref.key)
      return [found?.conflictCount, found?.newConflictCount]
    }
    expect(await counts(main), 'never read').toEqual([null, null])
    answer([{ message: 'a' }, { message: 'b' }])
    await read()
    expect(await counts(main)).toEqual([2, 2])
    const [{ serverId, key, identity } = { ...ref, identity: '' }] = await list()
    await main.ask('conflicts:mark-seen', { conflicts: [{ serverId, key, identity }] })
    expect(await counts(main)).toEqual([2, 1])
    answer([{ message: 'b' }])
    await read()
    const left = (await list()).filter(({ goneAt }) => goneAt === null)
    expect(await counts(main)).toEqual([1, left[0]?.seenAt === null ? 1 : 0])
    const before = await counts(main)
    await main.close()
    expect(await counts(startMain({ folder: main.folder, keychain: main.keychain }))).toEqual(before)
  })

  it('are there after a restart while the server is away, with the answer as it came', async () => {
    const { jira, main, ref, read, list, answer } = await scene()
    answer({ odd: [{ message: 'a', password: 'canary-in-conflict' }] })
    await read()
    const before = await list()
    await main.close()
    await jira.stop()
    const again = startMain({ folder: main.folder, keychain: main.keychain })
    expect((await again.ask('conflicts:list', {})).conflicts.filter(({ key }) => key === 'INT-2')).toEqual(before)
    const { json, readAt } = await again.ask('conflicts:answer', ref)
    expect(JSON.parse(json ?? '')).toMatchObject({ odd: [{ message: 'a' }] })
    expect(json).not.toContain('canary-in-conflict')
    expect(readAt).toBe(before[0]?.lastSeenAt)
  })

  it('stay as they were when they cannot be read, and a version without them says so', async () => {
    const { jira, main, ref, read, list, answer } = await scene()
    answer(['a'])
    await read()
    jira.faults.clear()
    jira.faults.add({ path: '/integrations/INT-2/conflicts', fault: { kind: 'answer', status: 404, body: 'no' } })
    await expect(read()).rejects.toMatchObject({ data: { code: 'api.not-found' } })
    expect(await list()).toHaveLength(1)
    expect(said((await main.ask('conflicts:answer', ref)).problem)).toContain('does not report conflicts')
  })

  it('are exported as a table that no spreadsheet takes for formulas, and as JSON with what the server sent', async () => {
    const { main, read, list, answer } = await scene()
    answer([{ message: '=cmd()', extra: { kept: true } }])
    await read()
    const conflicts = (await list()).map(({ serverId, key, identity }) => ({ serverId, key, identity }))
    await main.ask('conflicts:export', { conflicts, format: 'csv' })
    await main.ask('conflicts:export', { conflicts, format: 'json' })
    expect(main.saved.get('syncdeck-conflicts.csv')).toContain("'=cmd()")
    expect(JSON.parse(main.saved.get('syncdeck-conflicts.json') ?? '')).toMatchObject([
      { server: 'Test Jira', key: 'INT-2', json: { extra: { kept: true } } },
    ])
  })

  it('go with their synchronization and with their server', async () => {
    const { jira, main, serverId, read, list, answer } = await scene()
    answer(['a'])
    await read()
    jira.api.entries.delete('INT-2')
    await main.ask('synchronizations:refresh', { serverId })
    expect(await list()).toEqual([])
    await main.ask('servers:remove', { serverId })
    expect((await main.ask('conflicts:list', {})).conflicts).toEqual([])
  })
})
