import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { ErrorCode } from '../../src-contract/errors.ts'
import { AuditLog } from '../../src-main/audit/audit-log.ts'
import { AppError } from '../../src-main/errors/app-error.ts'
import type { ApiCall } from '../../src-main/http/jira-client.ts'
import { AuditTable } from '../../src-main/storage/audit-table.ts'
import { openStateDatabase } from '../../src-main/storage/open-database.ts'
import { scratchFolder } from '../support/scratch.ts'

function scene({ isClosing = false } = {}) {
  const table = new AuditTable(openStateDatabase(join(scratchFolder(), 'state.db'), 1))
  const grown: number[] = []
  const faults: string[] = []
  const log = new AuditLog({
    table,
    now: () => 5,
    onGrown: (id) => grown.push(id),
    onFault: (what) => faults.push(what),
    isClosing: () => isClosing,
  })
  const writer = { serverId: 's1', serverName: 'Vienna', user: 'admin', apiAddress: 'https://jira.example/api' }
  const noted = (call: ApiCall) => log.observer(() => writer)(call)
  const newest = () => table.list({ text: '', serverId: null, outcome: null }, 1)[0]
  return { table, grown, faults, noted, newest }
}

const failed = (code: ErrorCode) => new AppError(code, 'It failed.')
const START: ApiCall = { method: 'PUT', path: '/integrations/INT-2/start' }

describe('a write in the audit trail', () => {
  it('is there before it leaves, with who wrote what where', () => {
    const { noted, newest, grown } = scene()
    noted({ method: 'PUT', path: '/integrations/INT%202', json: { summary: 'New', password: 'canary' } })
    expect(newest()).toMatchObject({
      at: 5,
      serverId: 's1',
      serverName: 'Vienna',
      user: 'admin',
      method: 'PUT',
      address: 'https://jira.example/api/integrations/INT%202',
      object: 'INT 2',
      outcome: 'pending',
      details: '',
    })
    expect(newest()?.body).toContain('"summary":"New"')
    expect(newest()?.body).not.toContain('canary')
    expect(grown).toEqual([newest()?.id])
  })

  it.each<[string, unknown, boolean, string]>([
    ['was accepted', null, true, 'accepted'],
    ['met a locked keychain', failed('vault.locked'), false, 'not-sent'],
    ['met a closed gate', failed('auth.blocked'), false, 'not-sent'],
    ['met a limit of requests', failed('http.rate-limited'), false, 'not-sent'],
    ['met the end of Syncdeck in the queue', failed('net.aborted'), false, 'not-sent'],
    ['found nobody listening', failed('net.unreachable'), true, 'not-sent'],
    ['found a certificate it does not trust', failed('tls.untrusted'), true, 'not-sent'],
    ['met a gate that closed after its session was over', failed('auth.blocked'), true, 'not-sent'],
    ['was refused', failed('api.refused'), true, 'refused'],
    ['was not allowed', failed('auth.forbidden'), true, 'refused'],
    ['never had its answer', failed('net.timeout'), true, 'lost'],
    ['lost its connection', failed('net.unreachable').withLostAnswer(), true, 'lost'],
    ['met a fault of our own', new Error('fault'), true, 'lost'],
  ])('that %s ends so', (_name, failure, hasLeft, outcome) => {
    const { noted, newest, grown } = scene()
    noted(START)(failure, hasLeft)
    expect(newest()).toMatchObject({ outcome, details: failure instanceof Error ? failure.message : '' })
    expect(grown).toHaveLength(2)
  })

  it('that is broken off by the end of Syncdeck stays open, for the next start to tell; one that was answered does not', () => {
    const { noted, newest } = scene({ isClosing: true })
    noted(START)(failed('net.aborted'), true)
    expect(newest()?.outcome).toBe('pending')
    noted(START)(failed('net.aborted'), false)
    expect(newest()?.outcome).toBe('not-sent')
  })

  it.each([
    ['POST', '/integrations', 'Create a synchronization'],
    ['PUT', '/integrations/INT-2/start', 'Start'],
    ['PUT', '/integrations/INT-2/stop', 'Stop'],
    ['PUT', '/integrations/INT-2/applicationConnection', 'Update the connection'],
    ['PUT', '/integrations/INT-2', 'Update'],
    ['DELETE', '/integrations/INT-2', 'Delete'],
    ['PUT', '/integrations/INT-2/other', 'PUT integrations other'],
    ['POST', '/connectors/AP-29/resync', 'Resync'],
    ['POST', '/connectors/AP-29/syncInformation', 'Import links'],
    ['DELETE', '/connectors/AP-29/syncInformation', 'Delete a link'],
    ['POST', '/connectors/AP-29/other', 'POST connectors other'],
    ['POST', '/other', 'POST other'],
  ] as const)('%s %s is called “%s”', (method, path, action) => {
    const { noted, newest } = scene()
    noted({ method, path })
    expect(newest()?.action).toBe(action)
  })

  it('whose end cannot be noted stays open, and is no fault of the write', () => {
    const { table, noted, newest, faults, grown } = scene()
    const ended = noted(START)
    table.outcome = () => {
      throw new Error('disk full')
    }
    expect(() => ended(null, true)).not.toThrow()
    expect(newest()?.outcome).toBe('pending')
    expect(faults).toEqual(['outcome not noted'])
    expect(grown).toHaveLength(1)
  })

  it('that cannot be noted is not sent', () => {
    const { table, noted, faults } = scene()
    table.attempt = () => {
      throw new Error('disk full')
    }
    expect(() => noted(START)).toThrow(expect.objectContaining({ code: 'storage.failed' }))
    expect(faults).toEqual(['attempt not noted'])
  })
})
