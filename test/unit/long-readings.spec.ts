import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { BackboneApi } from '../../src-main/backbone/backbone-api.ts'
import { systemClock } from '../../src-main/clock.ts'
import { ConflictService } from '../../src-main/conflicts/conflict-service.ts'
import { LinkService } from '../../src-main/links/link-service.ts'
import { maskedLists, maskedParts } from '../../src-main/logging/masked-parts.ts'
import { maskedJson } from '../../src-main/logging/redact.ts'
import type { Connection, Connections } from '../../src-main/servers/connections.ts'
import { CacheDatabase } from '../../src-main/storage/cache-database.ts'
import { ConflictTable } from '../../src-main/storage/conflict-table.ts'
import { LongReadingTable } from '../../src-main/storage/long-reading-table.ts'
import { openCacheDatabase } from '../../src-main/storage/open-database.ts'
import type { SynchronizationRecord } from '../../src-main/synchronizations/synchronization-record.ts'
import type { WireObject } from '../../src-main/wire-values.ts'
import { patience } from '../../tools/patience.ts'
import { storedServer } from '../support/stored-server.ts'
import { leastStretch, processorTime } from '../support/processor-time.ts'
import { scratchFolder } from '../support/scratch.ts'

const REF = { serverId: 's', key: 'INT-2' }
const CONNECTOR = { ...REF, connectorKey: 'C-1' }

function openCache(path = join(scratchFolder(), 'cache.db')): CacheDatabase {
  const cache = new CacheDatabase(openCacheDatabase(path, 1).database)
  onTestFinished(() => cache.close())
  return cache
}

/** A server of which only this is asked. */
function connectionsTo(api: Partial<BackboneApi>): Pick<Connections, 'get'> {
  return { get: () => ({ api, background: api }) as unknown as Connection }
}

/** A service about one synchronization, whose server answers with `answer`. */
function conflictsOf(cache: CacheDatabase, answer: () => unknown): ConflictService {
  const side = { connectorKey: 'C-1' }
  return new ConflictService({
    table: new ConflictTable(cache),
    answers: new LongReadingTable(cache, 'conflicts'),
    connections: connectionsTo({ conflicts: () => Promise.resolve(answer()) }),
    directory: {
      find: () => ({ integration: { first: side, second: null } }) as unknown as SynchronizationRecord,
      ownerOf: () => null,
      setConflictCounts: () => undefined,
    },
    clock: { now: () => 5 },
  })
}

function linksOf(cache: CacheDatabase, links: readonly WireObject[]): LinkService {
  return new LinkService({
    registry: { get: () => storedServer('Vienna') },
    connections: connectionsTo({ links: () => Promise.resolve({ links, unreadable: 0 }) }),
    table: new LongReadingTable(cache, 'links'),
    patience: { clock: { ...systemClock, now: () => 5 }, pollMs: 1, signal: new AbortController().signal },
  })
}

const conflict = (index: number) => ({
  connectorKey: 'C-1',
  type: 'field',
  field: `f${index}`,
  message: `Conflict ${index}`,
  values: { left: 'x'.repeat(300), right: 'https://anna:pw@jira.example/' },
})

describe('what is long is taken over in slices between which everything else has its turn', () => {
  it(
    '10,000 conflicts',
    async () => {
      const answer = Array.from({ length: 10_000 }, (_, index) => conflict(index))
      const service = conflictsOf(openCache(), () => ({ result: answer }))
      await service.read(REF)
      expect(service.list()).toHaveLength(10_000)
      expect((await service.answer(REF)).json).toBe(JSON.stringify(JSON.parse(maskedJson({ result: answer })), null, 2))

      // What a part of the same takes in one go, on this computer and now.
      const table = new ConflictTable(openCache())
      const put = service.list().map((stored, index) => ({ conflict: stored, raw: JSON.stringify(answer[index]) }))
      const inOneGo = await processorTime(() => table.store(put))
      const limit = inOneGo.longest / 3
      const stretch = await leastStretch(limit, () => conflictsOf(openCache(), () => ({ result: answer })).read(REF))
      expect(stretch).toBeLessThan(limit)
    },
    patience(30_000),
  )

  it(
    '100,000 links',
    async () => {
      const links = Array.from({ length: 100_000 }, (_, id) => ({
        id,
        connectorKey: 'C-1',
        localIssueKey: `AP-${id}`,
        remoteIssueKey: `BP-${id}`,
        address: 'https://anna:pw@jira.example/',
        text: 'x'.repeat(50),
      }))
      const service = linksOf(openCache(), links)
      await service.list(CONNECTOR)
      expect((await service.cached(CONNECTOR))?.links).toHaveLength(100_000)

      const inOneGo = await processorTime(() => maskedJson(links))
      const limit = inOneGo.longest / 2
      expect(await leastStretch(limit, () => service.list(CONNECTOR))).toBeLessThan(limit)
      expect(await leastStretch(limit, () => service.cached(CONNECTOR))).toBeLessThan(limit)
    },
    patience(30_000),
  )
})

describe('JSON in parts', () => {
  it.each<[string, unknown]>([
    ['nothing', null],
    ['a text', 'https://anna:pw@jira.example/'],
    ['an empty list', []],
    ['an empty object', {}],
    ['lists in lists', [[], [[1, [2]], {}], 'a']],
    [
      'secrets at every depth',
      {
        password: 'a',
        of: [{ apiToken: { deep: [1] }, secret: null, by: 'https://anna:pw@jira.example/' }],
        'https://anna:pw@h/': { x: [{}] },
      },
    ],
    [
      'long ones',
      {
        list: Array.from({ length: 3_000 }, (_, index) => ({
          index,
          text: 'ü"\\'.repeat(20),
          cookie: 'x',
          more: [index, [null]],
        })),
      },
    ],
    [
      'many levels',
      Array.from({ length: 40 }, (_, level) => level).reduce<unknown>(
        (inner, level) => ({ level, inner, token: [] }),
        [1],
      ),
    ],
  ])('are the same JSON as in one go: %s', async (_name, value) => {
    const parts = await maskedParts(value)
    expect(parts.join('')).toBe(maskedJson(value))
    expect(Math.max(...parts.map(({ length }) => length))).toBeLessThan(200_000)
  })

  it('are each a list of its own, of a list', async () => {
    const items = Array.from({ length: 1_234 }, (_, index) => ({ index, password: 'a' }))
    const lists = await maskedLists(items)
    expect(lists.flatMap((list) => JSON.parse(list) as unknown[])).toEqual(JSON.parse(maskedJson(items)))
    expect(lists.length).toBeGreaterThan(5)
  })
})

describe('a long reading', () => {
  const parts = (letter: string, count: number): string[] =>
    Array.from({ length: count }, (_, index) => `${letter}${index}`.repeat(20_000))
  const rest = (cache: CacheDatabase): number => cache.all('SELECT part FROM long_reading_part').length

  it('is whole at any moment, the last one or the one before', async () => {
    const cache = openCache()
    const table = new LongReadingTable(cache, 'links')
    await table.put('s', 'C-1', { parts: parts('a', 100), readAt: 1, missing: 0 })
    let isOver = false
    const putting = table
      .put('s', 'C-1', { parts: parts('b', 150), readAt: 2, missing: 0 })
      .finally(() => (isOver = true))
    let looks = 0
    while (!isOver) {
      const reading = await table.get('s', 'C-1')
      expect(reading).toEqual(
        reading?.readAt === 1
          ? { parts: parts('a', 100), readAt: 1, missing: 0 }
          : { parts: parts('b', 150), readAt: 2, missing: 0 },
      )
      looks += 1
      await new Promise((resolve) => setImmediate(resolve))
    }
    await putting
    expect(looks).toBeGreaterThan(1)
    expect(await table.get('s', 'C-1')).toMatchObject({ readAt: 2 })
    expect(rest(cache)).toBe(150)
  })

  it('that says the same as the last one is not written again, but for when it was read and what is missing', async () => {
    const cache = openCache()
    const table = new LongReadingTable(cache, 'links')
    await table.put('s', 'C-1', { parts: parts('a', 2), readAt: 1, missing: 0 })
    await table.put('s', 'C-1', { parts: parts('a', 2), readAt: 2, missing: 7 })
    expect(await table.get('s', 'C-1')).toEqual({ parts: parts('a', 2), readAt: 2, missing: 7 })
    expect(table.times()).toEqual([{ serverId: 's', key: 'C-1', readAt: 2, missing: 7 }])
    expect(cache.all('SELECT number FROM long_reading')).toEqual([{ number: 1 }])
  })

  it('that is removed while it is stored leaves nothing', async () => {
    const cache = openCache()
    const table = new LongReadingTable(cache, 'links')
    const putting = [
      table.put('s', 'C-1', { parts: parts('a', 200), readAt: 1, missing: 0 }),
      table.put('s', 'C-2', { parts: parts('a', 3), readAt: 1, missing: 0 }),
      table.put('t', 'C-3', { parts: parts('a', 3), readAt: 1, missing: 0 }),
    ]
    while (rest(cache) === 0) await new Promise((resolve) => setImmediate(resolve))
    table.removeServer('s')
    await Promise.all(putting)
    expect(await table.get('s', 'C-1')).toBeNull()
    expect(await table.get('s', 'C-2')).toBeNull()
    expect(await table.get('t', 'C-3')).not.toBeNull()
    expect(rest(cache)).toBe(3)
  })

  it('that was cut off is cleared away by the next', async () => {
    const path = join(scratchFolder(), 'cache.db')
    const cache = new CacheDatabase(openCacheDatabase(path, 1).database)
    const table = new LongReadingTable(cache, 'links')
    await table.put('s', 'C-1', { parts: ['[1]'], readAt: 1, missing: 0 })
    const putting = table.put('s', 'C-1', { parts: parts('b', 300), readAt: 2, missing: 0 })
    while (rest(cache) < 2) await new Promise((resolve) => setImmediate(resolve))
    cache.close()
    await putting
    const again = openCache(path)
    const next = new LongReadingTable(again, 'links')
    expect(await next.get('s', 'C-1')).toEqual({ parts: ['[1]'], readAt: 1, missing: 0 })
    expect(rest(again)).toBeGreaterThan(1)
    await next.put('s', 'C-1', { parts: ['[3]'], readAt: 3, missing: 0 })
    expect(await next.get('s', 'C-1')).toEqual({ parts: ['[3]'], readAt: 3, missing: 0 })
    expect(rest(again)).toBe(1)
  })
})

describe('while conflicts are stored', () => {
  const many = Array.from({ length: 3_000 }, (_, index) => conflict(index))

  it('one that the user sees stays seen, and what a later reading says is not lost', async () => {
    const cache = openCache()
    let answer: unknown = many
    const service = conflictsOf(cache, () => answer)
    const first = service.read(REF)
    while (service.readAt(REF) === null) await new Promise((resolve) => setImmediate(resolve))
    const all = service.list()
    service.markSeen(all.slice(-1))
    answer = many.slice(0, -2)
    await Promise.all([first, service.read(REF)])
    const again = conflictsOf(cache, () => null)
    expect(again.list()).toHaveLength(3_000)
    expect(
      again
        .list()
        .filter(({ seenAt }) => seenAt !== null)
        .map(({ message }) => message),
    ).toEqual(['Conflict 2999'])
    expect(
      again
        .list()
        .filter(({ goneAt }) => goneAt !== null)
        .map(({ message }) => message)
        .sort(),
    ).toEqual(['Conflict 2998', 'Conflict 2999'])
    expect(JSON.parse((await again.answer(REF)).json ?? '')).toHaveLength(2_998)
    const [last] = all.slice(-1)
    expect(last && again.json(last)).toMatchObject({ field: 'f2999' })
  })

  it('a synchronization that is deleted leaves nothing', async () => {
    const cache = openCache()
    const service = conflictsOf(cache, () => many)
    const reading = service.read(REF)
    while (service.readAt(REF) === null) await new Promise((resolve) => setImmediate(resolve))
    service.forget(REF)
    await reading
    expect(conflictsOf(cache, () => null).list()).toEqual([])
    expect((await service.answer(REF)).json).toBeNull()
  })

  it('an answer that was overtaken by a later one is not taken over', async () => {
    const cache = openCache()
    const late = Promise.withResolvers<unknown>()
    const answers: unknown[] = [late.promise, [conflict(2)]]
    const service = conflictsOf(cache, () => answers.shift())
    const first = service.read(REF)
    await service.read(REF)
    late.resolve([conflict(1)])
    await first
    expect(service.list().map(({ message }) => message)).toEqual(['Conflict 2'])
  })
})
