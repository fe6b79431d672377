import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { foreign } from '../../src-contract/messages/message.ts'
import type { ErrorCode } from '../../src-contract/errors.ts'
import type { FollowedTask } from '../../src-main/audit/task-end.ts'
import { AuditLog } from '../../src-main/audit/audit-log.ts'
import { BackboneApi } from '../../src-main/backbone/backbone-api.ts'
import { RefusedAnswers } from '../../src-main/backbone/refused-answers.ts'
import { systemClock } from '../../src-main/clock.ts'
import { AppError } from '../../src-main/errors/app-error.ts'
import type { WriteCall } from '../../src-main/http/jira-client.ts'
import { AuditTable } from '../../src-main/storage/audit-table.ts'
import { openStateDatabase } from '../../src-main/storage/open-database.ts'
import { scratchFolder } from '../support/scratch.ts'
import { said, spoken } from '../support/said.ts'

function scene({ isClosing = false, disk = () => Promise.resolve() } = {}) {
  const table = new AuditTable(openStateDatabase(join(scratchFolder(), 'state.db'), 1))
  const grown: number[] = []
  const faults: string[] = []
  const begun = () =>
    new AuditLog({
      table,
      clock: { now: () => 5 },
      logger: { write: (_level, event) => void faults.push(event) },
      closing: isClosing ? AbortSignal.abort() : new AbortController().signal,
      disk: { reached: disk },
    })
  const log = begun()
  log.grown.on((id) => grown.push(id))
  const writer = { serverId: 's1', serverName: 'Vienna', user: 'admin', apiAddress: 'https://jira.example/api' }
  const noted = (call: WriteCall) => log.observer(() => writer)(call)
  const newest = () => spoken(table.list({}, 1)[0])
  const told = () =>
    table
      .list({}, 9)
      .reverse()
      .map(({ outcome, details }) => [outcome, said(details)])
  return { table, log, begun, grown, faults, noted, newest, told }
}

const failed = (code: ErrorCode) => new AppError(code, foreign('It failed.'))
const START: WriteCall = { method: 'PUT', path: '/integrations/INT-2/start', action: 'start', object: 'INT-2' }

describe('a write in the audit trail', () => {
  it('is there before it leaves, with who wrote what where', () => {
    const { noted, newest, grown } = scene()
    noted({
      method: 'PUT',
      path: '/integrations/INT%202',
      json: { summary: 'New', password: 'canary' },
      action: 'update',
      object: 'INT 2',
    })
    expect(newest()).toMatchObject({
      at: 5,
      serverId: 's1',
      serverName: 'Vienna',
      user: 'admin',
      method: 'PUT',
      address: 'https://jira.example/api/integrations/INT%202',
      object: 'INT 2',
      outcome: 'pending',
      details: null,
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
    expect(newest()).toMatchObject({ outcome, details: failure instanceof Error ? failure.message : null })
    expect(grown).toHaveLength(2)
  })

  it('that is cut off by the end of Syncdeck stays open, for the next start to report; an answered one does not', () => {
    const { noted, newest } = scene({ isClosing: true })
    noted(START)(failed('net.aborted'), true)
    expect(newest()?.outcome).toBe('pending')
    noted(START)(failed('net.aborted'), false)
    expect(newest()?.outcome).toBe('not-sent')
  })

  it.each<[string, string, (api: BackboneApi) => Promise<unknown>]>([
    ['Create a synchronization', '', (api) => api.create({}, () => true)],
    ['Start', 'INT-2', (api) => api.operate('INT-2', 'start')],
    ['Stop', 'INT-2', (api) => api.operate('INT-2', 'stop')],
    ['Change the connection', 'INT-2', (api) => api.updateConnection('INT-2', {})],
    ['Change', 'INT-2', (api) => api.update('INT-2', {})],
    ['Delete', 'INT-2', (api) => api.delete('INT-2')],
    ['Resync', 'AP-29', (api) => api.resync('AP-29', {})],
    ['Import links', 'AP-29', (api) => api.importLinks('AP-29', [])],
    ['Delete a link', 'AP-29', (api) => api.deleteLink('AP-29', '7')],
  ])('is called “%s” of “%s” where the API is asked for that', async (action, object, ask) => {
    const { noted, newest } = scene()
    const api = new BackboneApi({
      client: {
        read: () => Promise.reject(new Error('Nothing is read here')),
        write: async (call) => {
          noted(call)
          return { id: '1', finished: false }
        },
      },
      refusedAnswers: new RefusedAnswers(systemClock),
      projectKeys: [],
      startVerb: () => 'PUT',
      rememberStartVerb: () => undefined,
    })
    await ask(api).catch(() => undefined)
    expect(newest()).toMatchObject({ action, object })
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

  it('that the disk refuses to record is reported with the reason', async () => {
    const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
    const { log, faults } = scene({ disk: () => Promise.reject(full) })
    const refused = await log.onDisk().catch((error: unknown) => error as AppError)
    expect([refused?.code, said(refused?.data.message)]).toEqual(['storage.failed', expect.stringContaining('full')])
    expect(faults).toEqual(['attempt not noted'])
  })
})

describe('a write of a task in the audit trail', () => {
  const task = (more: Partial<FollowedTask> = {}): FollowedTask => ({
    id: 't',
    operation: 'start',
    step: 'start',
    state: 'running',
    outcome: null,
    message: null,
    failure: null,
    serverText: '',
    ...more,
  })
  const ended = (outcome: FollowedTask['outcome'], more: Partial<FollowedTask> = {}): FollowedTask =>
    task({ state: 'ended', outcome, failure: foreign('The queue is busy.'), ...more })
  const ofTask = { ...START, taskId: 't' }

  it.each([
    ['succeeded', 'succeeded', ''],
    ['failed', 'failed', 'The queue is busy. At line 3.'],
    ['refused', 'failed', 'The queue is busy. At line 3.'],
    ['cancelled', 'cancelled', 'The queue is busy. At line 3.'],
    ['unknown', 'unknown', 'The queue is busy. At line 3.'],
    ['lost', 'task-lost', 'The queue is busy. At line 3.'],
    ['interrupted', 'interrupted', 'The server was removed.'],
  ] as const)('is accepted until its task has ended as %s', (outcome, noted, details) => {
    const { log, told, grown, ...scene_ } = scene()
    scene_.noted(ofTask)(null, true)
    log.taskChanged(task())
    log.taskChanged(ended('succeeded', { id: 'another' }))
    expect(told()).toEqual([['accepted', '']])
    const seen = grown.length
    log.taskChanged(ended(outcome, { serverText: 'At line 3.', message: foreign('The server was removed.') }))
    log.taskChanged(ended('failed'))
    expect(told()).toEqual([[noted, details]])
    expect(grown).toHaveLength(seen + 1)
  })

  it('whose answer was lost is reported as its task found out; a refused one stays refused', () => {
    const { log, noted, told } = scene()
    noted({ ...ofTask, method: 'PUT' })(failed('api.method-not-allowed'), true)
    noted({ ...ofTask, method: 'POST' })(failed('net.timeout'), true)
    log.taskChanged(ended('succeeded'))
    expect(told()).toEqual([
      ['refused', 'It failed.'],
      ['succeeded', ''],
    ])
  })

  it('that is the first step of a restart has ended once the second begins', () => {
    const { log, noted, told } = scene()
    noted({ ...ofTask, action: 'stop' })(null, true)
    log.taskChanged(task({ operation: 'restart', step: 'stop' }))
    expect(told()).toEqual([['accepted', '']])
    log.taskChanged(task({ operation: 'restart' }))
    noted(ofTask)(null, true)
    log.taskChanged(ended('failed', { operation: 'restart' }))
    expect(told()).toEqual([
      ['succeeded', ''],
      ['failed', 'The queue is busy.'],
    ])
  })

  it('of an earlier session is reported at the next start, continues, or is honestly unknown', () => {
    const { table, noted, told, begun } = scene()
    for (const taskId of ['over', 'open', 'gone']) noted({ ...ofTask, taskId })(null, true)
    const next = begun()
    const tasks = new Map([
      ['over', ended('failed')],
      ['open', task({ id: 'open' })],
    ])
    next.resume((id) => tasks.get(id) ?? null)
    expect(told()).toEqual([
      ['failed', 'The queue is busy.'],
      ['accepted', ''],
      ['unknown', 'Syncdeck no longer tracks this task; its outcome is unknown.'],
    ])
    next.taskChanged(ended('succeeded', { id: 'open' }))
    expect(told()[1]).toEqual(['succeeded', ''])
    expect(table.unended()).toEqual([])
    expect(table.list({ outcome: { wanted: ['failed'] } }, 9)).toHaveLength(1)
  })

  it('whose end cannot be noted is noted at the next start', () => {
    const { table, log, noted, told, faults, begun } = scene()
    noted(ofTask)(null, true)
    const end = vi.spyOn(table, 'end').mockImplementationOnce(() => {
      throw new Error('disk full')
    })
    log.taskChanged(ended('failed'))
    expect(faults).toEqual(['end of a task not noted'])
    end.mockRestore()
    begun().resume(() => ended('failed'))
    expect(told()).toEqual([['failed', 'The queue is busy.']])
  })
})
