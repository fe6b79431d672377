import { expect, it } from 'vitest'
import { foreign } from '../../src-contract/messages/message.ts'
import { AppError } from '../../src-main/errors/app-error.ts'
import { gapsOf } from '../../src-main/synchronizations/gaps.ts'
import { spoken } from '../support/said.ts'

const complete = { items: [], unreadable: [], refused: [] }
const failure = (words: string) => new AppError('http.server-error', foreign(words))

/** What is reported as missing from a reading. */
function told({
  absent = [],
  unread = [],
  ...answer
}: Partial<Parameters<typeof gapsOf>[0]> & {
  absent?: readonly string[]
  unread?: readonly (readonly [string, AppError])[]
}): string[] {
  return spoken(gapsOf({ ...complete, ...answer }, absent, new Map(unread))) as string[]
}

it('a complete reading has no gaps', () => {
  expect(told({})).toEqual([])
})

it('each refused project is reported with the reason', () => {
  expect(
    told({
      refused: [
        { projectKey: 'AP', error: failure('It is closed.').data },
        { projectKey: 'PB', error: failure('It is gone.').data },
      ],
    }),
  ).toEqual(['Project AP could not be listed: It is closed.', 'Project PB could not be listed: It is gone.'])
})

it('items that cannot be read are counted by reason', () => {
  expect(told({ unreadable: [foreign('no key'), foreign('a long key'), foreign('no key')] })).toEqual([
    '2 items in the list are not shown, because each has no key.',
    'An item in the list is not shown, because it has a long key.',
  ])
})

it('states that could not be read are reported together if they have the same reason, the first three by name', () => {
  const keys = ['INT-10', 'INT-1', 'INT-3', 'INT-2', 'INT-5']
  expect(
    told({
      unread: [...keys.map((key) => [key, failure('Too slow.')] as const), ['INT-9', failure('Broken.')] as const],
    }),
  ).toEqual([
    'The state of INT-1, INT-2, INT-3 and 2 more could not be read: Too slow.',
    'The state of INT-9 could not be read: Broken.',
  ])
})

it('what was not listed and may be in a gap is reported by name', () => {
  expect(told({ absent: ['INT-1'] })).toEqual(['INT-1 was not listed, but may be in a gap of the list.'])
  expect(told({ absent: ['INT-1', 'INT-2', 'INT-3'] })).toEqual([
    'INT-1, INT-2, INT-3 were not listed, but may be in a gap of the list.',
  ])
})

it('many gaps are reported in eight lines, the last of which counts the rest', () => {
  const refused = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ projectKey: `P${index}`, error: failure('Closed.').data }))
  expect(told({ refused: refused(8) })).toHaveLength(8)
  expect(told({ refused: refused(8) }).at(-1)).toBe('Project P7 could not be listed: Closed.')
  expect(told({ refused: refused(9) })).toHaveLength(8)
  expect(told({ refused: refused(9) }).at(-1)).toBe('There are 2 more gaps of this kind.')
})
