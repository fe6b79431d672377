import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { SynchronizationRow } from '../../src-contract/synchronizations.ts'
import type { Sort } from '../../src-contract/saved-views.ts'
import { comparatorOf, sortRows } from '../../src-renderer/table/sort-rows.ts'
import { readAtOf } from '../../src-renderer/synchronizations/synchronizations.ts'
import { row, server } from './support.ts'

const servers = [
  { id: 's1', name: 'Vienna', isStale: false },
  { id: 's2', name: 'graz', isStale: true },
]
const byId = (rows: readonly SynchronizationRow[]) =>
  new Map(rows.map((item) => [`${item.serverId} ${item.key}`, item]))
const order = (rows: ReturnType<typeof row>[], column: Sort['column'], isDescending = false): string[] =>
  sortRows(byId(rows), comparatorOf({ column, isDescending }, servers)).map(({ serverId, key }) => `${serverId} ${key}`)

it('puts the worst first, more errors before fewer, and what is only remembered last', () => {
  const rows = [
    row({ key: 'INT-1', health: 'stopped' }),
    row({ key: 'INT-2', health: 'error', issuesInError: 1 }),
    row({ key: 'INT-3', health: 'error', issuesInError: 9 }),
    row({ key: 'INT-4', health: 'error', issuesInError: 50, serverId: 's2' }),
    row({ key: 'INT-5', health: 'attention' }),
  ]
  expect(order(rows, 'state')).toEqual(['s1 INT-3', 's1 INT-2', 's1 INT-5', 's1 INT-1', 's2 INT-4'])
})

it('takes numbers in keys as numbers, and what is alike by the user’s order of servers', () => {
  const rows = ['INT-16', 'INT-9', 'ABC-100', 'ODD', 'INT-9'].map((key, index) =>
    row({ key, serverId: index === 1 ? 's2' : 's1' }),
  )
  expect(order(rows, 'key')).toEqual(['s1 ABC-100', 's1 INT-9', 's2 INT-9', 's1 INT-16', 's1 ODD'])
  expect(order(rows, 'key', true)[0]).toBe('s1 ODD')
})

it('compares names as people do, and shows the most errors first when turned round', () => {
  expect(
    order(
      [
        row({ key: 'A-1', summary: 'Zebra' }),
        row({ key: 'A-2', summary: 'äpfel' }),
        row({ key: 'A-3', summary: 'Banane' }),
      ],
      'summary',
    ),
  ).toEqual(['s1 A-2', 's1 A-3', 's1 A-1'])
  expect(
    order(
      [
        row({ key: 'A-1', issuesInError: null }),
        row({ key: 'A-2', issuesInError: 3 }),
        row({ key: 'A-3', issuesInError: 0 }),
      ],
      'errors',
      true,
    ),
  ).toEqual(['s1 A-2', 's1 A-3', 's1 A-1'])
  expect(order([row({ key: 'A-1' }), row({ key: 'A-2', serverId: 's2' })], 'server')).toEqual(['s2 A-2', 's1 A-1'])
})

it('by age takes rows of a server’s last reading to be as old as that', () => {
  const rows = byId([
    row({ key: 'A-1', fetchedAt: 5, source: 'live' }),
    row({ key: 'A-2', fetchedAt: 50, source: 'cache' }),
  ])
  const readAt = (item: SynchronizationRow): number => readAtOf(item, { reach: { ...server().reach, lastReadAt: 100 } })
  expect(
    sortRows(rows, comparatorOf({ column: 'age', isDescending: false }, servers, readAt)).map(({ key }) => key),
  ).toEqual(['A-1', 'A-2'])
  expect(
    sortRows(rows, comparatorOf({ column: 'age', isDescending: true }, servers, readAt)).map(({ key }) => key),
  ).toEqual(['A-2', 'A-1'])
})

it('merges a few changes into an earlier order as if everything had been sorted again', () => {
  const healths = ['error', 'attention', 'running', 'stopped'] as const
  const anyRow = fc.record({ number: fc.nat(300), health: fc.constantFrom(...healths), errors: fc.nat(3) })
  const make = ({
    number,
    health,
    errors,
  }: {
    number: number
    health: (typeof healths)[number]
    errors: number
  }): SynchronizationRow => row({ key: `INT-${number}`, health, issuesInError: errors })
  const compare = comparatorOf({ column: 'state', isDescending: false }, servers)
  fc.assert(
    fc.property(
      fc.array(anyRow, { minLength: 100, maxLength: 200 }),
      fc.array(anyRow, { maxLength: 12 }),
      fc.array(fc.nat(300), { maxLength: 5 }),
      (first, changes, removals) => {
        const rows = byId(first.map(make))
        const before = sortRows(rows, compare)
        for (const change of changes.map(make)) rows.set(`s1 ${change.key}`, change)
        for (const number of removals) rows.delete(`s1 INT-${number}`)
        expect(sortRows(rows, compare, before)).toEqual(sortRows(rows, compare))
      },
    ),
  )
})

it('sorts by further columns what is alike in the first', () => {
  const rows = byId([
    row({ key: 'INT-1', health: 'stopped', summary: 'B' }),
    row({ key: 'INT-2', health: 'running', summary: 'A' }),
    // More errors come first only if no other order is chosen.
    row({ key: 'INT-3', health: 'running', summary: 'C', issuesInError: 2 }),
  ])
  const keys = (further: Sort): string[] =>
    sortRows(rows, comparatorOf([{ column: 'state', isDescending: false }, further], servers)).map(({ key }) => key)
  expect(keys({ column: 'summary', isDescending: false })).toEqual(['INT-2', 'INT-3', 'INT-1'])
  expect(keys({ column: 'summary', isDescending: true })).toEqual(['INT-3', 'INT-2', 'INT-1'])
})
