import { describe, expect, it } from 'vitest'
import type { AuditQuery, WriteAction } from '../../src-contract/audit.ts'
import { AuditTable } from '../../src-main/storage/audit-table.ts'
import { openStateDatabase } from '../../src-main/storage/open-database.ts'
import { join } from 'node:path'
import { scratchFolder } from '../support/scratch.ts'

function filled() {
  const database = openStateDatabase(join(scratchFolder(), 'state.db'), 2)
  const table = new AuditTable(database)
  let at = 0
  const write = (
    serverId: string,
    object: string,
    action: WriteAction | 'Stop',
    { user = 'admin', body = '', serverName = `Server ${serverId}` } = {},
  ): number =>
    table.attempt({
      at: (at += 1),
      serverId,
      serverName,
      user,
      method: 'PUT',
      address: `https://jira.example/${object}`,
      object,
      // An earlier version’s words are in the column too.
      action: action as WriteAction,
      body,
      taskId: null,
    })
  table.outcome(write('a', 'INT-1', 'start', { serverName: 'Vienna' }), at, 'accepted', null)
  table.outcome(write('a', 'INT-2', 'Stop', { user: 'anna' }), at, 'accepted', null)
  const third = write('b', 'INT-1', 'stop', { body: '{"summary":"Lager"}' })
  table.outcome(third, at, 'accepted', null)
  table.end([{ attemptId: third, outcome: 'failed', details: null }], at)
  write('a', 'AP-1', 'import-links', { serverName: 'Vienna hub' })
  const found = (query: AuditQuery) => table.list(query, 10).map(({ id }) => id)
  return { table, write, found }
}

const word = (value: string, isNegated = false) => ({ value, isNegated })

describe('the audit trail', () => {
  it.each<[AuditQuery, number[]]>([
    [{}, [4, 3, 2, 1]],
    [{ server: { wanted: ['a'] } }, [4, 2, 1]],
    [{ server: { wanted: ['a', 'b'] } }, [4, 3, 2, 1]],
    [{ server: { wanted: [] } }, []],
    [{ server: { excluded: ['a'] } }, [3]],
    [{ action: { wanted: ['stop'] } }, [3, 2]],
    [{ action: { excluded: ['stop'] } }, [4, 1]],
    [{ action: { wanted: ['stop', 'start'] }, server: { wanted: ['a'] } }, [2, 1]],
    [{ outcome: { wanted: ['accepted'] } }, [2, 1]],
    [{ outcome: { wanted: ['failed', 'pending'] } }, [4, 3]],
    [{ outcome: { excluded: ['failed'] }, action: { wanted: ['stop'] } }, [2]],
    [{ account: { wanted: ['anna'] } }, [2]],
    [{ object: { wanted: ['int-1'] } }, [3, 1]],
    [{ object: { excluded: ['INT-1'] } }, [4, 2]],
    [{ words: [word('lager')] }, [3]],
    [{ words: [word('lager', true), word('stop')] }, [2]],
    [{ words: [word('int', true)] }, [4]],
    [{ words: [word('%')] }, []],
  ])('is asked by %j', (query, ids) => {
    expect(filled().found(query)).toEqual(ids)
  })

  it('says how many entries are alike, whichever version wrote them, and what is named in it', () => {
    const { table } = filled()
    const { groups, ...rest } = table.summary({})
    expect(groups.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))).toEqual([
      { serverId: 'a', action: 'import-links', outcome: 'pending', account: 'admin', count: 1 },
      { serverId: 'a', action: 'start', outcome: 'accepted', account: 'admin', count: 1 },
      { serverId: 'a', action: 'stop', outcome: 'accepted', account: 'anna', count: 1 },
      { serverId: 'b', action: 'stop', outcome: 'failed', account: 'admin', count: 1 },
    ])
    expect(rest).toEqual({
      total: 4,
      servers: [
        { id: 'a', name: 'Vienna hub' },
        { id: 'b', name: 'Server b' },
      ],
      accounts: ['admin', 'anna'],
      objects: ['INT-1', 'INT-2', 'AP-1'],
    })
  })

  it('counts those that have the words and the keys, and names all', () => {
    const { table } = filled()
    const { groups, total, objects } = table.summary({ words: [word('stop')], object: { wanted: ['INT-1'] } })
    expect(groups).toEqual([{ serverId: 'b', action: 'stop', outcome: 'failed', account: 'admin', count: 1 }])
    expect([total, objects.length]).toEqual([4, 3])
  })

  it('reports what has been written since', () => {
    const { table, write } = filled()
    table.summary({})
    write('c', 'INT-9', 'start', { user: 'eve' })
    const { total, servers, accounts, objects } = table.summary({})
    expect([total, servers.at(-1)?.id, accounts.at(-1), objects.at(-1)]).toEqual([5, 'c', 'eve', 'INT-9'])
  })
})
