import { describe, expect, it } from 'vitest'
import { foreign } from '../../src-contract/messages/message.ts'
import { groupConflicts, type ConflictNames } from '../../src-renderer/conflicts/group-conflicts.ts'
import { unavailabilityOf } from '../../src-renderer/servers/unavailability.ts'
import { bytesText } from '../../src-renderer/text/bytes.ts'
import { segmentsOf } from '../../src-renderer/history/timeline-segments.ts'
import { conflict, server } from './support.ts'
const names: ConflictNames = { server: (id) => (id === 's1' ? 'Vienna' : 'Munich'), summary: () => 'Agile Project' }

describe('conflicts', () => {
  const all = [
    conflict('known', { seenAt: 5 }),
    conflict('gone', { goneAt: 5 }),
    conflict('new'),
    conflict('elsewhere', { serverId: 's2', key: 'INT-9', kind: 'workflow' }),
    conflict('elsewhere too', { serverId: 's2', key: 'INT-9', kind: 'workflow' }),
  ]

  it('are grouped, most new ones first, and a closed group shows only its head', () => {
    const lines = groupConflicts(all, 'synchronization', new Set(['s1 INT-2']), names)
    expect(
      lines.map((line) => (line.kind === 'head' ? `${line.label} (${line.conflicts.length})` : line.conflict.identity)),
    ).toEqual([
      'INT-9 · Munich · Agile Project (2)',
      'elsewhere',
      'elsewhere too',
      'INT-2 · Vienna · Agile Project (3)',
    ])
    expect(groupConflicts(all, 'kind', new Set(), names).filter(({ kind }) => kind === 'head')).toHaveLength(2)
  })

  it('have no head where they are alone, even where it was closed while there were more', () => {
    const lines = groupConflicts(all.slice(0, 4), 'synchronization', new Set(['s2 INT-9']), names)
    expect(lines.map((line) => (line.kind === 'head' ? line.label : [line.conflict.identity, line.alone]))).toEqual([
      'INT-2 · Vienna · Agile Project',
      ['new', undefined],
      ['known', undefined],
      ['gone', undefined],
      ['elsewhere', 'INT-9 · Munich · Agile Project'],
    ])
  })

  it('stand new before known before gone', () => {
    const lines = groupConflicts(all.slice(0, 3), 'none', new Set(), names)
    expect(lines.map((line) => (line.kind === 'conflict' ? line.conflict.identity : ''))).toEqual([
      'new',
      'known',
      'gone',
    ])
  })
})

describe('the states over time', () => {
  const transition = (at: number, health: 'running' | 'stopped') => ({
    at,
    health,
    state: foreign(health),
    reason: null,
  })

  it('fill the time without gaps, with what was not known yet at the beginning', () => {
    expect(segmentsOf([transition(80, 'stopped'), transition(50, 'running')], 0, 100)).toEqual([
      { from: 0, to: 50, health: 'unknown', state: 'Unknown' },
      { from: 50, to: 80, health: 'running', state: 'running' },
      { from: 80, to: 100, health: 'stopped', state: 'stopped' },
    ])
    expect(segmentsOf([transition(80, 'stopped'), transition(50, 'running')], 60, 100)[0]).toMatchObject({
      from: 60,
      to: 80,
    })
  })

  it('are never negative, whatever the clock did', () => {
    for (const segments of [
      segmentsOf([transition(500, 'stopped'), transition(50, 'running')], 0, 100),
      segmentsOf([transition(20, 'stopped'), transition(70, 'running')], 0, 100),
    ]) {
      for (const { from, to } of segments) expect(to).toBeGreaterThan(from)
      expect(segments[0]?.from).toBe(0)
      expect(segments.at(-1)?.to).toBe(100)
    }
  })
})

describe('a server that cannot be asked', () => {
  const blocked = (reason: 'rejected' | 'intercepted') =>
    server({ access: { state: 'blocked', reason, since: 1, attempts: 1, nextAttemptAt: 2, loginUrl: null } })
  const away = server({
    reach: {
      state: 'unreachable',
      isAsking: false,
      since: 1,
      lastReadAt: 1,
      nextReadAt: null,
      error: { code: 'net.timeout', message: foreign('') },
      gaps: [],
    },
  })

  it.each([
    ['the log-in', blocked('rejected'), true, 'log-in'],
    ['something in between', blocked('intercepted'), true, 'intercepted'],
    ['a missing password', server({ credential: null }), true, 'log-in'],
    ['the server', away, true, 'server'],
    ['the network', away, false, 'network'],
    ['the network, although nothing was noticed yet', server(), false, 'network'],
    ['nothing, for one on this computer', server({ baseUrl: 'http://localhost:2990/jira' }), false, null],
    ['nothing', server(), true, null],
  ] as const)('is told to be kept off by %s', (_name, subject, isOnline, expected) => {
    expect(unavailabilityOf(subject, isOnline)).toBe(expected)
  })
})

it.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1536, '1.5 kB'],
  [52_428_800, '50 MB'],
])('%i bytes are %s', (bytes, text) => {
  expect(bytesText(bytes)).toBe(text)
})
