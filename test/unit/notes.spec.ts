import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { MAX_NOTE, MAX_TAG_LENGTH, MAX_TAG_NAMES, MAX_TAGS, NO_NOTE, type Note } from '../../src-contract/noted.ts'
import { Notes } from '../../src-main/notes/notes.ts'
import { NoteTable } from '../../src-main/storage/note-table.ts'
import { openStateDatabase } from '../../src-main/storage/open-database.ts'
import { ServerTable } from '../../src-main/storage/server-table.ts'
import { scratchFolder } from '../support/scratch.ts'
import { addServer, startJira, startMain, type TestMain, type TestMainOptions } from '../support/services.ts'
import { SimulatedClock } from '../support/simulated-clock.ts'
import { storedServer } from '../support/stored-server.ts'
import { until } from '../../tools/until.ts'

const DAY_MS = 86_400_000

async function scene(options: TestMainOptions = {}) {
  const jira = await startJira({ synchronizations: 3, seed: 3 })
  const main = startMain(options)
  const serverId = await addServer(main, jira)
  await main.ask('synchronizations:refresh', { serverId })
  const keys = (await main.rows()).map(({ key }) => key)
  const [first = '', second = '', third = ''] = keys
  return { jira, main, serverId, keys, first, second, third }
}

const tag = (main: TestMain, serverId: string, name: string, ...keys: (string | null)[]) =>
  main.ask('notes:tag', { changes: [{ tag: name, isOn: true, targets: keys.map((key) => ({ serverId, key })) }] })
const untag = (main: TestMain, serverId: string, name: string, ...keys: (string | null)[]) =>
  main.ask('notes:tag', { changes: [{ tag: name, isOn: false, targets: keys.map((key) => ({ serverId, key })) }] })
const tagsOf = async (main: TestMain, key: string): Promise<readonly string[] | undefined> =>
  (await main.rows()).find((row) => row.key === key)?.tags
const note = (more: Partial<Note>): Note => ({ ...NO_NOTE, ...more })
const set = (main: TestMain, serverId: string, key: string | null, more: Partial<Note>) =>
  main.ask('notes:set', { target: { serverId, key }, note: note(more) })
/** What the fields of a refusal say. */
const refusal = async (asked: Promise<unknown>): Promise<string> => {
  const { data } = (await asked.then(
    () => ({ data: {} }),
    (error: unknown) => error,
  )) as { data: { code?: string; message?: string; fields?: Record<string, string> } }
  return Object.values(data.fields ?? {}).join(' ') || (data.message ?? '')
}

describe('tags', () => {
  it('are part of rows and servers, reported as their changes, and survive a restart', async () => {
    const { main, serverId, first, second } = await scene()
    main.events.length = 0
    await tag(main, serverId, 'night shift', first, null)
    await until('both were told', () => main.events.length >= 2)
    expect(main.events.find(({ topic }) => topic === 'synchronizations:changed')?.payload).toMatchObject({
      put: [{ key: first, tags: ['night shift'] }],
    })
    expect(main.events.find(({ topic }) => topic === 'servers:changed')?.payload).toMatchObject({
      put: [{ id: serverId, tags: ['night shift'] }],
    })
    await main.close()
    const again = startMain({ folder: main.folder, keychain: main.keychain })
    expect(await tagsOf(again, first)).toEqual(['night shift'])
    expect(await tagsOf(again, second)).toBeUndefined()
    expect((await again.ask('servers:list', {}))[0]?.tags).toEqual(['night shift'])
  })

  it('stay through readings, and never leave for Jira', async () => {
    const { jira, main, serverId, first } = await scene()
    await tag(main, serverId, 'only-here', first)
    jira.seen.length = 0
    await main.ask('synchronizations:refresh', { serverId })
    await main.ask('synchronizations:stop', { targets: [{ serverId, key: first }] })
    await until('it was sent', () => jira.seen.some(({ method }) => method === 'PUT'))
    expect(await tagsOf(main, first)).toEqual(['only-here'])
    expect(JSON.stringify(jira.seen)).not.toContain('only-here')
  })

  it('are one where they differ in case or in how letters are composed, spelled as they are elsewhere', async () => {
    const { main, serverId, first, second } = await scene()
    await tag(main, serverId, 'Zürich', first)
    await tag(main, serverId, '  zu\u0308RICH ', first, second)
    expect(await tagsOf(main, first)).toEqual(['Zürich'])
    expect(await tagsOf(main, second)).toEqual(['Zürich'])
    await untag(main, serverId, 'ZÜRICH', first, second)
    await tag(main, serverId, 'ZÜRICH', first)
    expect(await tagsOf(main, first)).toEqual(['ZÜRICH'])
  })

  it('are answered with what was changed, which turned around takes it back', async () => {
    const { main, serverId, first, second, third } = await scene()
    await tag(main, serverId, 'a', first)
    const { changes } = await tag(main, serverId, 'A', first, second, third)
    expect(changes).toEqual([{ tag: 'a', isOn: true, targets: [second, third].map((key) => ({ serverId, key })) }])
    await main.ask('notes:tag', { changes: changes.map((change) => ({ ...change, isOn: false })) })
    expect([await tagsOf(main, first), await tagsOf(main, second)]).toEqual([['a'], undefined])
    expect((await untag(main, serverId, 'a', second)).changes).toEqual([])
  })

  it('are renamed wherever they are, also on what is listed no more, and back by what that answers', async () => {
    const { main, serverId, first, second, third } = await scene()
    const rename = (from: string, to: string) => main.ask('notes:rename-tag', { from, to })
    const all = async () => [await tagsOf(main, first), await tagsOf(main, second), await tagsOf(main, third)]
    await tag(main, serverId, 'acme', first, second, null, 'GONE-1')
    await tag(main, serverId, 'partner', second, third)
    const { changes } = await rename('ACME', 'Partner')
    // What both had, has one; it is spelled as it was.
    expect(await all()).toEqual([['partner'], ['partner'], ['partner']])
    expect((await main.ask('servers:list', {}))[0]?.tags).toEqual(['partner'])
    expect(changes.map(({ targets }) => targets.length)).toEqual([4, 3])
    await main.ask('notes:tag', { changes: changes.toReversed().map((one) => ({ ...one, isOn: !one.isOn })) })
    expect((await all()).map((tags) => tags?.toSorted())).toEqual([['acme'], ['acme', 'partner'], ['partner']])
    expect((await rename('nobody has it', 'new')).changes).toEqual([])
  })

  it('are respelled by a rename, everywhere and from then on', async () => {
    const { main, serverId, first, second, third } = await scene()
    await tag(main, serverId, 'acme', first, second)
    const { changes } = await main.ask('notes:rename-tag', { from: 'acme', to: 'Acme' })
    await tag(main, serverId, 'ACME', third)
    expect([await tagsOf(main, first), await tagsOf(main, second), await tagsOf(main, third)]).toEqual([
      ['Acme'],
      ['Acme'],
      ['Acme'],
    ])
    await untag(main, serverId, 'acme', third)
    await main.ask('notes:tag', { changes: changes.toReversed().map((one) => ({ ...one, isOn: !one.isOn })) })
    expect([await tagsOf(main, first), await tagsOf(main, second)]).toEqual([['acme'], ['acme']])
  })

  it('are so many at most, and with one too many nothing is changed', async () => {
    const { main, serverId, first, second } = await scene()
    for (let number = 0; number < MAX_TAGS; number += 1) await tag(main, serverId, `tag ${number}`, first)
    expect(await refusal(tag(main, serverId, 'one more', second, first))).toBe(
      'One of these already has 20 tags, the maximum: nothing was changed.',
    )
    expect(await tagsOf(main, second)).toBeUndefined()
    // In the place of another there is room for it.
    await main.ask('notes:tag', {
      changes: [
        { tag: 'tag 0', isOn: false, targets: [{ serverId, key: first }] },
        { tag: 'one more', isOn: true, targets: [{ serverId, key: first }] },
      ],
    })
    expect(await tagsOf(main, first)).toContain('one more')
  })

  it('have so many different names at most, and those that are used no more do not count', async () => {
    const { main, serverId } = await scene()
    const add = (from: number, count: number) =>
      main.ask('notes:tag', {
        changes: Array.from({ length: count }, (_, number) => ({
          tag: `name ${from + number}`,
          isOn: true,
          targets: [{ serverId, key: `INT-${from}` }],
        })),
      })
    for (let from = 0; from < MAX_TAG_NAMES; from += MAX_TAGS) await add(from, MAX_TAGS)
    expect(await refusal(add(MAX_TAG_NAMES, 1))).toContain('There are already 500 different tags')
    await untag(main, serverId, 'name 0', 'INT-0')
    await add(MAX_TAG_NAMES, 1)
    // Another name is not one more.
    expect((await main.ask('notes:rename-tag', { from: 'name 1', to: 'renamed' })).changes).toHaveLength(2)
  })

  it.each([
    ['blanks', ' \u200B ', 'Enter a tag'],
    ['too many characters', 'x'.repeat(MAX_TAG_LENGTH + 1), 'A tag can have at most 40 characters'],
    ['a comma', 'a,b', 'A tag cannot contain quotes, commas or semicolons'],
    ['a quote', 'a"b', 'A tag cannot contain quotes, commas or semicolons'],
    ['a control character', 'a\u0007b', 'invisible characters'],
    ['a character that turns what follows around', 'a\u202Eb', 'invisible characters'],
    ['a mark without a width', 'a\u200Bb', 'invisible characters'],
  ])('with %s are refused', async (_name, name, words) => {
    const { main, serverId, first } = await scene()
    expect(await refusal(tag(main, serverId, name, first))).toContain(words)
    expect(await tagsOf(main, first)).toBeUndefined()
  })

  it('are refused for a server that is not there', async () => {
    const { main, first } = await scene()
    await expect(tag(main, 'nowhere', 'a', first)).rejects.toMatchObject({ data: { code: 'server.unknown' } })
  })

  it('go with their server', async () => {
    const { jira, main, serverId, first } = await scene()
    await tag(main, serverId, 'Old', first, null)
    await set(main, serverId, first, { text: 'gone with it' })
    await main.ask('servers:remove', { serverId })
    const next = await addServer(main, jira)
    await main.ask('synchronizations:refresh', { serverId: next })
    expect(await tagsOf(main, first)).toBeUndefined()
    // Nobody uses the name any more, so it may be spelled differently.
    await tag(main, next, 'OLD', first)
    expect(await tagsOf(main, first)).toEqual(['OLD'])
    await main.close()
    const again = startMain({ folder: main.folder, keychain: main.keychain })
    expect(await tagsOf(again, first)).toEqual(['OLD'])
  })
})

describe('a note', () => {
  it('is part of the row or server, replaced whole, and removed by an empty one', async () => {
    const { main, serverId, first } = await scene()
    const rowNote = async () => (await main.rows()).find(({ key }) => key === first)?.note
    await set(main, serverId, first, { text: ' First\r\nsecond ', owner: 'Team Blue', contact: 'ops@partner.example' })
    expect(await rowNote()).toEqual(note({ text: 'First\nsecond', owner: 'Team Blue', contact: 'ops@partner.example' }))
    await set(main, serverId, first, { runbook: 'https://wiki.example/sync' })
    expect(await rowNote()).toEqual(note({ runbook: 'https://wiki.example/sync' }))
    await set(main, serverId, first, {})
    expect(await rowNote()).toBeUndefined()
    await set(main, serverId, null, { owner: 'Platform' })
    expect((await main.ask('servers:list', {}))[0]?.note?.owner).toBe('Platform')
  })

  it.each<[string, Partial<Note>, string]>([
    ['too long a text', { text: 'x'.repeat(MAX_NOTE + 1) }, 'Use at most'],
    ['a text that turns itself around', { text: 'a\u2066b' }, 'invisible characters'],
    ['an owner of several lines', { owner: 'a\nb' }, 'invisible characters'],
    ['another scheme', { runbook: 'javascript:alert(1)' }, 'must begin with https:// or http://'],
    ['a file', { runbook: 'file:///etc/passwd' }, 'must begin with https:// or http://'],
    ['no host', { runbook: 'https://' }, 'not a complete address'],
    ['a password in the address', { runbook: 'https://anna:hunter2@wiki.example' }, 'Take user and password out'],
    ['a blank in the address', { runbook: 'https://wiki.example/a b' }, 'invisible characters'],
  ])('with %s is refused', async (_name, more, words) => {
    const { main, serverId, first } = await scene()
    expect(await refusal(set(main, serverId, first, more))).toContain(words)
    expect((await main.rows()).every((row) => row.note === undefined)).toBe(true)
  })

  it('is in no support bundle', async () => {
    const { main, serverId } = await scene()
    await set(main, serverId, null, { text: 'our-own-affair' })
    await tag(main, serverId, 'our-own-tag', null)
    expect(JSON.stringify(await main.ask('support:bundle', { isAnonymous: false }))).not.toContain('our-own')
  })
})

describe('what is noted', () => {
  const noted = async () => {
    const made = await scene()
    const { main, serverId, first } = made
    await tag(main, serverId, 'acme', first)
    await tag(main, serverId, 'hub', null)
    await set(main, serverId, first, { owner: '=cmd()', text: 'First\nsecond', runbook: 'https://wiki.example' })
    return made
  }

  it('is exported with the synchronizations, in the order that is asked for, those that are gone left out', async () => {
    const { main, serverId, first, second } = await noted()
    const targets = [second, 'INT-404', first].map((key) => ({ serverId, key }))
    await main.ask('synchronizations:export', { targets, format: 'csv' })
    await main.ask('synchronizations:export', { targets, format: 'json' })
    const csv = main.saved.get('syncdeck-synchronizations.csv') ?? ''
    expect(csv.indexOf(second)).toBeLessThan(csv.indexOf(first))
    // No spreadsheet takes an owner for a formula.
    expect(csv).toContain(`"acme, hub",'=cmd(),,https://wiki.example,"First\nsecond"\r\n`)
    expect(csv).not.toContain('INT-404')
    expect(JSON.parse(main.saved.get('syncdeck-synchronizations.json') ?? '')).toMatchObject([
      { server: 'Test Jira', key: second, tags: ['hub'], note: null },
      {
        server: 'Test Jira',
        key: first,
        tags: ['acme', 'hub'],
        note: { owner: '=cmd()', runbook: 'https://wiki.example' },
      },
    ])
  })

  it('is exported with conflicts', async () => {
    const { jira, main, serverId, first } = await noted()
    jira.faults.add({
      path: `/integrations/${first}/conflicts`,
      fault: { kind: 'answer', status: 200, body: JSON.stringify(['a']) },
    })
    await main.ask('conflicts:refresh', { serverId, key: first })
    const conflicts = (await main.ask('conflicts:list', {})).conflicts
      .filter(({ key }) => key === first)
      .map(({ key, identity }) => ({ serverId, key, identity }))
    await main.ask('conflicts:export', { conflicts, format: 'csv' })
    await main.ask('conflicts:export', { conflicts, format: 'json' })
    expect(main.saved.get('syncdeck-conflicts.csv')).toContain(`"acme, hub",'=cmd()\r\n`)
    expect(JSON.parse(main.saved.get('syncdeck-conflicts.json') ?? '')).toMatchObject([{ tags: ['acme', 'hub'] }])
  })
})

describe('a runbook', () => {
  it('is opened after a person agreed to its origin, which the page cannot', async () => {
    const asked: string[] = []
    const agreed = { is: false }
    const { main, serverId, first } = await scene({
      confirm: async ({ message, detail }) => {
        asked.push(`${message} ${detail}`)
        return agreed.is
      },
      clock: new SimulatedClock(),
    })
    await set(main, serverId, first, { runbook: 'https://wiki.example/sync' })
    const open = () => main.ask('notes:open-runbook', { target: { serverId, key: first } })
    expect(await refusal(open())).toBe('Not opened, because you did not confirm it.')
    expect(asked[0]).toContain('Open wiki.example in the browser? https://wiki.example/sync')
    expect(main.opened).toEqual([])
    await (main.services.clock as SimulatedClock).advance(11_000)
    agreed.is = true
    await open()
    await set(main, serverId, first, { runbook: 'https://wiki.example/other' })
    await open()
    expect(main.opened).toEqual(['https://wiki.example/sync', 'https://wiki.example/other'])
    expect(asked).toHaveLength(2)
  })

  it('that is not there is not opened', async () => {
    const { main, serverId, first } = await scene()
    expect(await refusal(main.ask('notes:open-runbook', { target: { serverId, key: first } }))).toBe(
      'There is no longer a runbook here.',
    )
  })
})

it('a synchronization that is listed no more has its tags again when it comes back, for a year', () => {
  const database = openStateDatabase(join(scratchFolder(), 'state.db'), 1)
  onTestFinished(() => database.close())
  new ServerTable(database).put(storedServer('s'))
  let now = 1_000 * DAY_MS
  const table = new NoteTable(database, { soon: () => undefined })
  const open = () => new Notes(table, { now: () => now })
  let notes = open()
  const [first, second, server] = ['INT-1', 'INT-2', null].map((key) => ({ serverId: 's', key }))
  if (first === undefined || second === undefined || server === undefined) throw new Error('There are three')
  notes.tag([{ tag: 'kept', isOn: true, targets: [first, second, server] }])
  const listed = new Set([second.key])
  /** So many days later, after a restart. */
  const prune = (days: number): void => {
    now += days * DAY_MS
    notes = open()
    notes.prune(({ key }) => listed.has(key), now - 365 * DAY_MS)
  }
  prune(0)
  prune(364)
  expect(notes.of(first).tags).toEqual(['kept'])
  // It came back, and the year starts again.
  listed.add(first.key)
  prune(0)
  expect(table.all().map(({ goneAt }) => goneAt)).toEqual([null, null, null])
  listed.delete(first.key)
  prune(0)
  prune(364)
  expect(notes.of(first).tags).toEqual(['kept'])
  prune(2)
  expect([first, second, server].map((ref) => open().of(ref).tags)).toEqual([undefined, ['kept'], ['kept']])
})
