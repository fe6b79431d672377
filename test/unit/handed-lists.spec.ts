import { expect, it } from 'vitest'
import { LINKS_AT_ONCE, type Link } from '../../src-contract/links.ts'
import { HandedLists } from '../../src-main/links/handed-lists.ts'

const linksOf = (count: number): Link[] =>
  Array.from({ length: count }, (_, index) => ({
    id: String(index),
    localIssueKey: `AP-${index}`,
    remoteIssueKey: `PB-${index}`,
    firstSyncAt: null,
    lastOutgoingAt: null,
    lastIncomingAt: null,
    isIncomingIgnored: false,
  }))

it('a list that crosses at once is not kept', () => {
  const { links, count, listId } = new HandedLists().begin(linksOf(LINKS_AT_ONCE))
  expect([links.length, count, listId]).toEqual([LINKS_AT_ONCE, LINKS_AT_ONCE, null])
})

it('the last four abandoned lists are kept', () => {
  const lists = new HandedLists()
  const long = linksOf(LINKS_AT_ONCE + 1)
  const ids = Array.from({ length: 5 }, () => lists.begin(long).listId ?? '')
  const more = (id: string | undefined) => lists.next(id ?? '', LINKS_AT_ONCE).map((link) => link.id)
  expect(() => more(ids[0])).toThrow('This list is out of date, because other links were read.')
  expect(ids.slice(1).map(more)).toEqual(Array.from({ length: 4 }, () => [String(LINKS_AT_ONCE)]))
  // Each has come to its end.
  expect(() => more(ids[4])).toThrow()
})
