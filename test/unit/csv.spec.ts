import { describe, expect, it } from 'vitest'
import { auditCsv } from '../../src-main/export/audit-csv.ts'
import { conflictCsv } from '../../src-main/export/conflict-csv.ts'
import { toCsv } from '../../src-main/export/csv.ts'
import { linkCsv } from '../../src-main/export/link-csv.ts'
import { synchronizationCsv } from '../../src-main/export/synchronization-csv.ts'
import { shownText } from '../../src-contract/shown-text.ts'
import { foreign } from '../../src-contract/messages/message.ts'

/** The cells of a table, read as RFC 4180 says. */
function cells(csv: string): string[][] {
  const rows: string[][] = [[]]
  for (const [, quoted, plain = '', end] of csv.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    rows.at(-1)?.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'))
    if (end === '\r\n') rows.push([])
  }
  return rows.slice(0, -1)
}

/** Everything that spreadsheets are known to take for the beginning of a formula, or to skip in front of one. */
const FORMULAS = [
  '=1+1',
  '+1',
  '-1',
  '@SUM(A1)',
  '\t=1',
  '\r=1',
  '\n=1',
  '\r\n=1',
  ' =1',
  '\u00a0=1',
  '\u3000=1',
  '\ufeff=1',
  '\u200b=1',
  '\u202e=1',
  '\u0000=1',
  '＝1',
  '＋1',
  '－1',
  '＠SUM(A1)',
  '\t＝1',
  '\tcmd',
  '\rcmd',
  '\ncmd',
]

describe('a table for a spreadsheet', () => {
  it.each(FORMULAS.map((text) => [JSON.stringify(text), text]))(
    'takes %s for no formula, in any column of any export',
    async (_shown, text) => {
      const conflict = {
        serverId: text,
        key: text,
        identity: 'a',
        connectorKey: text,
        kind: text,
        severity: text,
        field: text,
        message: text,
        firstSeenAt: 1,
        lastSeenAt: 2,
        goneAt: null,
        seenAt: null,
      }
      const side = { connectorKey: text, projectKey: text, user: text, baseUrl: text }
      const exported = {
        ...conflict,
        summary: text,
        kind: 'centralized' as const,
        role: null,
        first: side,
        second: side,
        health: 'unknown' as const,
        state: foreign(text),
        reason: foreign(text),
        issuesInError: null,
        conflictCount: null,
        newConflictCount: null,
        since: null,
        isSinceSeen: true,
        fetchedAt: 1,
        source: 'live' as const,
        tags: [text],
        note: { text, owner: text, contact: text, runbook: text },
      }
      const link = {
        id: text,
        localIssueKey: text,
        remoteIssueKey: text,
        firstSyncAt: 1,
        lastOutgoingAt: null,
        lastIncomingAt: null,
        isIncomingIgnored: false,
      }
      const entry = {
        id: 1,
        at: 1,
        serverId: text,
        serverName: text,
        user: text,
        method: text,
        address: text,
        object: text,
        action: foreign(text),
        body: text,
        outcome: 'accepted' as const,
        details: foreign(text),
      }
      for (const making of [
        conflictCsv(
          [conflict],
          (id) => id,
          () => ({ tags: [text], note: { text, owner: text, contact: text, runbook: text } }),
        ),
        synchronizationCsv([exported], () => ({ name: text, noted: {} })),
        linkCsv({ links: [link], unreadable: 0 }),
        auditCsv([entry]),
        toCsv([text], [[text]], (row) => row),
      ]) {
        const given = cells(await making)
          .flat()
          .filter((cell) => cell.includes(shownText(text)))
        expect(given.length).toBeGreaterThan(1)
        // The words of a message are as shown already, so that a mark in front is spelled out and no longer one.
        const isSafe = (cell: string): boolean => cell === `'${shownText(text)}` || cell.startsWith('[U+')
        expect(given.filter((cell) => !isSafe(cell))).toEqual([])
      }
    },
  )

  it.each(['plain', 'a, b', 'a; b', 'a\tb', 'say "a"', 'two\nlines', '1 - 1', "it's", 'INT-2', '', '5 = 5'])(
    'gives %j back as it is',
    async (text) => {
      expect(cells(await toCsv(['a', 'b'], [[text, 7]], (row) => row))).toEqual([
        ['a', 'b'],
        [text, '7'],
      ])
    },
  )

  it('is split by no other separator: a cell that holds one is quoted', async () => {
    expect(await toCsv(['a'], [['x;=1+1'], ['x\t=1+1'], ['x,=1+1']], (row) => row)).toBe(
      'a\r\n"x;=1+1"\r\n"x\t=1+1"\r\n"x,=1+1"\r\n',
    )
  })
})
