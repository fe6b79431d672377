import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { ConnectorRef, LinkList } from '../../src-contract/links.ts'
import type { SimulatedJira } from '../../src-simulator/index.ts'
import { jiraAnswer } from '../support/jira-answer.ts'
import { scratchFolder } from '../support/scratch.ts'
import { addServer, startJira, startMain, type TestMain } from '../support/services.ts'
import { spoken } from '../support/said.ts'

const levels = (count: number): unknown => (count === 0 ? 1 : [levels(count - 1)])
/** What makes a link one that cannot be read. */
const TOO_DEEP = { more: levels(100) }

async function scene(fileText?: string | Buffer) {
  const jira: SimulatedJira = await startJira({ synchronizations: 2, seed: 3 })
  const path = join(scratchFolder(), 'links.json')
  if (fileText !== undefined) writeFileSync(path, fileText)
  const main = startMain({ fileToChoose: () => path })
  const serverId = await addServer(main, jira)
  await main.ask('synchronizations:refresh', { serverId })
  const { connectorKey } = jira.entry('INT-2').integration.firstConnector
  return { jira, main, path, ref: { serverId, key: 'INT-2', connectorKey } }
}

async function linksOf(main: TestMain, ref: ConnectorRef): Promise<LinkList> {
  const answer = await main.ask('connectors:links', ref)
  if (answer === null) throw new Error('There is no answer')
  return answer
}

describe('links', () => {
  it('are read with both issues and their times', async () => {
    const { main, ref, jira } = await scene()
    const { links, source } = await linksOf(main, ref)
    const [first] = jira.entry('INT-2').links
    expect(source).toBe('live')
    expect(links[0]).toEqual({
      id: String(first?.id),
      localIssueKey: first?.localIssueKey,
      remoteIssueKey: first?.remoteIssueKey,
      firstSyncAt: first?.firstSyncDate,
      lastOutgoingAt: first?.lastOutgoingChange,
      lastIncomingAt: first?.lastIncomingChange,
      isIncomingIgnored: false,
    })
  })

  it('are there from the last reading, at once or while the server is away, with their age', async () => {
    const { main, ref, jira } = await scene()
    expect(await main.ask('connectors:links', { ...ref, isCached: true })).toBeNull()
    const live = await linksOf(main, ref)
    expect(await main.ask('connectors:links', { ...ref, isCached: true })).toEqual({ ...live, source: 'cache' })
    await jira.stop()
    expect(spoken(await linksOf(main, ref))).toMatchObject({
      links: live.links,
      fetchedAt: live.fetchedAt,
      source: 'cache',
      problem: expect.stringContaining('cannot be reached') as string,
    })
    await main.ask('connectors:export-links', { ref, format: 'json' })
    expect(JSON.parse(main.saved.get(`${ref.connectorKey}-links.json`) ?? '')).toHaveLength(live.links.length)
  })

  it('of which one is odd are shown without it, and the gap is named', async () => {
    const { main, ref, jira } = await scene()
    const [odd, ...rest] = (await linksOf(main, ref)).links
    Object.assign(jira.entry('INT-2').links.find((link) => String(link.id) === odd?.id) ?? {}, TOO_DEEP)
    expect(await linksOf(main, ref)).toMatchObject({ links: rest, unreadable: 1, source: 'live' })
  })

  it('of which some are odd are reported as fewer from the cache and in an export as well, after a restart', async () => {
    const { main, ref, jira, path } = await scene()
    const { links } = jira.entry('INT-2')
    const [one] = links
    if (one === undefined) throw new Error('INT-2 needs a link')
    const { count } = await linksOf(main, ref)
    // Those that can be read stay as they were, and with them what the cache has.
    links.push({ ...one, ...TOO_DEEP }, { ...one, ...TOO_DEEP })
    expect(await linksOf(main, ref)).toMatchObject({ count, unreadable: 2 })
    await main.close()
    const again = startMain({ folder: main.folder, keychain: main.keychain, fileToChoose: () => path })
    await jira.stop()
    for (const isCached of [true, false])
      expect(await again.ask('connectors:links', { ...ref, isCached })).toMatchObject({
        count,
        unreadable: 2,
        source: 'cache',
      })
    await again.ask('connectors:export-links', { ref, format: 'csv' })
    expect(again.saved.get(`${ref.connectorKey}-links.csv`)).toMatch(
      /\r\n2 more links cannot be read and are missing here,,,,,,\r\n$/,
    )
    await again.ask('connectors:export-links', { ref, format: 'json' })
    const saved = again.saved.get(`${ref.connectorKey}-links.json`) ?? ''
    expect((JSON.parse(saved) as unknown[]).at(-1)).toEqual({ missingLinks: 2 })
    writeFileSync(path, saved)
    await jira.start()
    expect(await again.ask('connectors:plan-import', ref)).toMatchObject({
      fresh: { count: 0 },
      same: { count: count },
      missingInFile: 2,
      unreadable: 2,
    })
  })

  it('hold nothing that turns its surroundings around', async () => {
    const { main, ref, jira } = await scene()
    const [link] = jira.entry('INT-2').links
    Object.assign(link ?? {}, { localIssueKey: 'AB\u202E-1', remoteIssueKey: '\u2067CD-2' })
    expect((await linksOf(main, ref)).links[0]).toMatchObject({
      localIssueKey: 'AB[U+202E]-1',
      remoteIssueKey: '[U+2067]CD-2',
    })
  })

  it('that are many cross piece by piece, and are exported whole', async () => {
    const { main, ref, jira } = await scene()
    const { links } = jira.entry('INT-2')
    const [one] = links
    if (one === undefined) throw new Error('INT-2 needs a link')
    links.splice(
      0,
      links.length,
      ...Array.from({ length: 4001 }, (_, id) => ({ ...one, id, localIssueKey: `AP-${id}` })),
    )
    const { links: first, count, listId } = await linksOf(main, ref)
    expect([first.length, count]).toEqual([2000, 4001])
    const more = (from: number) => main.ask('connectors:more-links', { listId: listId ?? '', from })
    const all = [...first, ...(await more(2000)), ...(await more(4000))]
    expect(all.map(({ localIssueKey }) => localIssueKey)).toEqual(links.map(({ localIssueKey }) => localIssueKey))
    // Nobody needs it any longer.
    await expect(more(0)).rejects.toMatchObject({ data: { code: 'input.invalid' } })
    await main.ask('connectors:export-links', { ref, format: 'json' })
    const saved = main.saved.get(`${ref.connectorKey}-links.json`) ?? ''
    expect(saved).toBe(JSON.stringify(JSON.parse(saved), null, 2))
    expect(JSON.parse(saved)).toHaveLength(4001)
  })

  it('are deleted one by one', async () => {
    const { main, ref, jira } = await scene()
    const [first, ...rest] = (await linksOf(main, ref)).links
    await main.ask('connectors:delete-link', { ref, id: first?.id ?? '' })
    expect((await linksOf(main, ref)).links).toEqual(rest)
    expect(jira.requestsTo(`/connectors/${ref.connectorKey}/syncInformation`, 'DELETE')).toHaveLength(1)
  })

  it('that somebody else deleted since the list was read are reported as gone, and nothing is sent', async () => {
    const { main, ref, jira } = await scene()
    const [first] = (await linksOf(main, ref)).links
    jira.entry('INT-2').links.shift()
    jira.faults.add({ path: '/connectors', method: 'DELETE', fault: { kind: 'reset-before' } })
    await expect(main.ask('connectors:delete-link', { ref, id: first?.id ?? '' })).rejects.toMatchObject({
      data: { message: 'This link is no longer on the server; nothing was sent.' },
    })
    expect(jira.requestsTo('/connectors', 'DELETE')).toEqual([])
  })

  it.each([
    ['after it took effect is found out about by reading', { kind: 'reset-after' } as const, true],
    ['before it took effect is told, and not repeated', { kind: 'reset-before' } as const, false],
  ])('whose deletion loses its answer %s', async (_name, fault, isDone) => {
    const { main, ref, jira } = await scene()
    const [first] = (await linksOf(main, ref)).links
    jira.faults.add({ path: '/connectors', method: 'DELETE', times: 1, fault })
    const deleting = main.ask('connectors:delete-link', { ref, id: first?.id ?? '' })
    if (isDone) expect(await deleting).toBeUndefined()
    else
      await expect(deleting).rejects.toMatchObject({
        data: { message: expect.stringContaining('not known whether') as string },
      })
    expect(jira.requestsTo('/connectors', 'DELETE')).toHaveLength(1)
  })

  it('that a server deletes in another way are reported as undocumented', async () => {
    const { main, ref, jira } = await scene()
    jira.faults.add({
      path: '/connectors',
      method: 'DELETE',
      fault: jiraAnswer({ message: 'no such parameter' }, 400),
    })
    const [first] = (await linksOf(main, ref)).links
    await expect(main.ask('connectors:delete-link', { ref, id: first?.id ?? '' })).rejects.toMatchObject({
      data: {
        message: 'The server did not remove the entry.',
        advice: expect.stringContaining('does not document') as string,
        serverText: 'no such parameter',
      },
    })
  })

  it('are exported as JSON that can be imported again, and as a table', async () => {
    const { main, ref } = await scene()
    await main.ask('connectors:export-links', { ref, format: 'json' })
    await main.ask('connectors:export-links', { ref, format: 'csv' })
    const json = main.saved.get(`${ref.connectorKey}-links.json`) ?? ''
    expect(JSON.parse(json)).toHaveLength((await linksOf(main, ref)).links.length)
    expect(main.saved.get(`${ref.connectorKey}-links.csv`)).toMatch(/^Local issue,Remote issue,/)
  })
})

describe('importing links', () => {
  it('first lists what is new, same and different, and then sends only what was chosen', async () => {
    const { main, ref, jira, path } = await scene()
    const [same, changed] = structuredClone(jira.entry('INT-2').links)
    if (same === undefined || changed === undefined) throw new Error('INT-2 needs two links')
    const fresh = { ...same, id: 9, localIssueKey: 'NEW-1', remoteIssueKey: 'FAR-1' }
    writeFileSync(path, JSON.stringify([same, { ...changed, outgoingMessageSequenceId: 999 }, fresh]))
    const plan = await main.ask('connectors:plan-import', ref)
    expect(plan).toMatchObject({
      fileName: 'links.json',
      fresh: { count: 1, first: [{ localIssueKey: 'NEW-1' }] },
      same: { count: 1, first: [{ localIssueKey: same.localIssueKey }] },
      different: { count: 1, first: [{ localIssueKey: changed.localIssueKey }] },
    })
    expect(jira.requestsTo('/connectors', 'POST')).toEqual([])
    expect(await main.ask('connectors:import-links', { planId: plan?.planId ?? '', withDifferent: false })).toEqual({
      sent: 1,
    })
    expect(JSON.parse(jira.requestsTo('/connectors', 'POST')[0]?.body ?? '')).toEqual([fresh])
    await expect(
      main.ask('connectors:import-links', { planId: plan?.planId ?? '', withDifferent: false }),
    ).rejects.toMatchObject({ data: { code: 'input.invalid' } })
  })

  it.each<[string, string | Buffer, RegExp]>([
    ['not JSON', '[\n  {"localIssueKey": "A-1",}\n]', /not JSON: the first problem is at line 2/],
    ['no array', '{"a": 1}', /does not contain an array/],
    ['an entry that is not an object', '[{"localIssueKey":"A-1","remoteIssueKey":"B-1"}, 7]', /\[1\] is not an object/],
    ['an entry without its issue', '[{"localIssueKey":"A-1"}]', /\[0\]\.remoteIssueKey is missing/],
    ['50 MB', Buffer.alloc(50 * 1_048_576, 0x20), /has 50 MB/],
  ])('refuses a file that is %s, naming where', async (_name, text, words) => {
    const { main, ref } = await scene(text)
    await expect(main.ask('connectors:plan-import', ref)).rejects.toMatchObject({
      data: { code: 'input.invalid', message: expect.stringMatching(words) as string },
    })
  })
})

describe('an import whose answer is lost', () => {
  it.each([
    ['after it was applied is found out about by reading', { kind: 'reset-after' } as const, { sent: 1 }],
    ['before it was applied is told, and not repeated', { kind: 'reset-before' } as const, null],
  ])('%s', async (_name, fault, expected) => {
    const { main, ref, jira, path } = await scene()
    writeFileSync(path, JSON.stringify([{ ...jira.entry('INT-2').links[0], localIssueKey: 'NEW-1' }]))
    const plan = await main.ask('connectors:plan-import', ref)
    jira.faults.add({ path: '/connectors', method: 'POST', times: 1, fault })
    const importing = main.ask('connectors:import-links', { planId: plan?.planId ?? '', withDifferent: false })
    if (expected === null)
      await expect(importing).rejects.toMatchObject({
        data: { message: expect.stringContaining('not known whether') as string },
      })
    else expect(await importing).toEqual(expected)
    expect(jira.requestsTo('/connectors', 'POST')).toHaveLength(1)
  })
})

describe('a resync', () => {
  it('whose answer is lost is reported for what it is, and sent once', async () => {
    const { main, ref, jira } = await scene()
    jira.faults.add({ path: '/connectors', method: 'POST', times: 1, fault: { kind: 'reset-after' } })
    const resync = { jql: '', fieldMappings: ['summary'], responsibility: false, sendStatusField: false }
    await expect(main.ask('connectors:resync', { ref, resync })).rejects.toMatchObject({
      data: { message: expect.stringContaining('not known whether') as string },
    })
    expect(jira.requestsTo('/connectors', 'POST')).toHaveLength(1)
  })

  it('is sent for one connector with exactly the documented fields', async () => {
    const { main, ref, jira } = await scene()
    await main.ask('connectors:resync', {
      ref,
      resync: { jql: '', fieldMappings: ['summary'], responsibility: false, sendStatusField: false },
    })
    await main.ask('connectors:resync', {
      ref,
      resync: {
        jql: 'project = AP',
        fieldMappings: ['summary', 'priority'],
        responsibility: true,
        sendStatusField: true,
      },
    })
    expect(
      jira.requestsTo(`/connectors/${ref.connectorKey}/resync`, 'POST').map(({ body }) => JSON.parse(body) as unknown),
    ).toEqual([
      { fieldMappings: ['summary'], responsibility: false, sendStatusField: false },
      { jql: 'project = AP', fieldMappings: ['summary', 'priority'], responsibility: true, sendStatusField: true },
    ])
  })

  it('needs a field mapping', async () => {
    const { main, ref } = await scene()
    const resync = { jql: '', fieldMappings: [], responsibility: false, sendStatusField: false }
    await expect(main.ask('connectors:resync', { ref, resync })).rejects.toMatchObject({
      data: { fields: { 'resync.fieldMappings': 'Choose at least one field mapping' } },
    })
  })
})
