import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { WholeJob } from '../../src-contract/jobs.ts'
import type { FaultKind } from '../../src-simulator/index.ts'
import { until } from '../../tools/until.ts'
import { forgetWrites, listedBy, restart, whenJobIs, wordsOf, writesOf } from '../support/jobs.ts'
import { changed, NEW, passwordsOf, plan, rotationStage, typed } from '../support/rotation.ts'
import { said } from '../support/said.ts'

describe('the new password of a sync user', () => {
  it('is planned for all that use it, wherever they are, and lists each request', async () => {
    const stage = await rotationStage()
    expect(await stage.main.ask('jobs:sync-users', {})).toEqual(
      ['backbone', 'local'].map((user) => ({
        user,
        baseUrl: stage.partner.baseUrl,
        servers: stage.serverIds.map((serverId) => ({ serverId, count: user === 'backbone' ? 4 : expect.any(Number) })),
      })),
    )
    const job = await plan(stage)
    expect(job).toMatchObject({ kind: 'new-password', about: { user: 'Backbone' }, asks: [], counts: { waiting: 8 } })
    const named = (step: WholeJob['targets'][number]['steps'][number]): string =>
      `${step.name}${step.isOnlyIfRefused ? '?' : ''}`
    expect(job.targets.slice(0, 4).map(({ steps }) => steps.map(named).join(' '))).toEqual([
      ...Array<string>(3).fill('stop update stop? start stop?'),
      'update stop? stop',
    ])
    expect(writesOf(stage)).toEqual([[], []])
    await expect(
      stage.main.ask('jobs:plan-password', { user: 'backbone', baseUrls: ['https://elsewhere.example'] }),
    ).rejects.toThrow('No synchronization uses backbone')
  })

  it('goes the vendor’s way: stopped, changed, tried once, updated, and each as it was before', async () => {
    const stage = await rotationStage()
    const halted = await changed(stage)
    expect(said(halted.halt)).toContain('Change its password in Jira now')
    expect(wordsOf(stage).flat()).toEqual(Array(8).fill('STOPPED'))
    expect(halted.asks.map(({ user }) => user).toSorted()).toEqual(['backbone', 'local'])
    const before = stage.partner.logInsOf('backbone').succeeded
    await expect(stage.main.ask('jobs:go-on', { id: halted.id })).rejects.toThrow('Enter the passwords')
    await stage.main.ask('jobs:go-on', { id: halted.id, passwords: typed(stage) })
    const job = await whenJobIs(stage.main, halted.id, 'ended')
    expect(job.counts).toMatchObject({ done: 8, failed: 0, unknown: 0 })
    expect(passwordsOf(stage)).toEqual(new Set([NEW]))
    expect(wordsOf(stage)).toEqual(Array(2).fill(['RUNNING', 'RUNNING', 'RUNNING', 'STOPPED']))
    expect(stage.partner.failedLogIns('backbone') + stage.partner.failedLogIns('local')).toBe(0)
    // One log-in to check it, and one by each update, which starts the synchronization.
    expect(stage.partner.logInsOf('backbone').succeeded - before).toBe(1 + 8)
    const listed = listedBy(job, stage.serverIds)
    for (const [at, writes] of writesOf(stage).entries()) {
      expect(listed[at]).toEqual(expect.arrayContaining(writes))
      expect(new Set(writes).size).toBe(writes.length)
    }
  })

  it('is on no disk and in no answer, event or line of the log', async () => {
    const stage = await rotationStage()
    const { id } = await changed(stage)
    await stage.main.ask('jobs:go-on', { id, passwords: typed(stage, NEW) })
    const job = await whenJobIs(stage.main, id, 'ended')
    const files = readdirSync(stage.main.folder).map((name) => readFileSync(join(stage.main.folder, name), 'latin1'))
    const kept = [...files, JSON.stringify(job), JSON.stringify(stage.main.events), ...stage.main.log].join('\n')
    for (const secret of [NEW, 'Pässw0rd', Buffer.from('Pässw0rd').toString('latin1')])
      expect(kept).not.toContain(secret)
  })

  it('that is typed wrong fails once, where it is tried, and nothing is updated with it', async () => {
    const stage = await rotationStage()
    const { id } = await changed(stage)
    forgetWrites(stage)
    await stage.main.ask('jobs:go-on', { id, passwords: typed(stage, 'wrong') })
    const halted = await whenJobIs(stage.main, id, 'paused')
    expect(said(halted.halt)).toContain('The log-in of backbone')
    expect([stage.partner.failedLogIns('backbone'), writesOf(stage)]).toEqual([1, [[], []]])
    // Jira counts what comes in quick succession.
    await stage.main.ask('jobs:go-on', { id, passwords: typed(stage) })
    expect(said((await whenJobIs(stage.main, id, 'paused')).halt)).toContain('Wait')
    expect(stage.partner.failedLogIns('backbone')).toBe(1)
  })

  it.each([true, false])(
    'whose other password is wrong, and cannot be tried, fails once (checked: %s)',
    async (checks) => {
      const stage = await rotationStage({ isKnown: false, checksConnections: checks })
      const { id } = await changed(stage)
      await stage.main.ask('jobs:go-on', { id, passwords: typed(stage, NEW, 'wrong') })
      const halted = await whenJobIs(stage.main, id, 'paused')
      const first = async () => (await stage.main.ask('jobs:get', { id })).targets[0]
      await until('the first is through', async () => {
        const steps = (await first())?.steps ?? []
        return steps[1]?.outcome === 'failed' && ['done', 'needless'].includes(steps[2]?.outcome ?? '')
      })
      expect(halted.halt).not.toBeNull()
      expect([stage.partner.failedLogIns('local'), stage.partner.failedLogIns('backbone')]).toEqual([1, 0])
      expect(wordsOf(stage).flat()).toEqual(Array(8).fill('STOPPED'))
    },
  )

  it.each<[string, FaultKind]>([
    ['is refused by who knows whom', { kind: 'answer', status: 400, body: 'Refused' }],
    ['gets no answer', { kind: 'reset-before' }],
  ])('that could not be tried goes no further when the first update %s', async (_name, fault) => {
    const stage = await rotationStage({ isKnown: false })
    const { id } = await changed(stage)
    forgetWrites(stage)
    for (const jira of stage.jiras) jira.faults.add({ path: '/integrations/', method: 'PUT', fault })
    await stage.main.ask('jobs:go-on', { id, passwords: typed(stage, NEW, 'wrong') })
    const { halt, counts } = await whenJobIs(stage.main, id, 'paused')
    expect([halt?.key, counts.unknown, writesOf(stage).flat().length]).toEqual(['jobs.halt.unknown', 1, 1])
  })

  it('that Jira accepted goes on although what became of the first update is not known', async () => {
    const stage = await rotationStage()
    const { id } = await changed(stage)
    const fault = { kind: 'answer', status: 400, body: 'Refused' } as const
    stage.jiras[0]?.faults.add({ path: '/integrations/', method: 'PUT', times: 1, fault })
    await stage.main.ask('jobs:go-on', { id, passwords: typed(stage) })
    expect((await whenJobIs(stage.main, id, 'ended')).counts).toMatchObject({ done: 7, unknown: 1 })
  })

  it('is not asked for before everything that uses the user has stopped', async () => {
    const stage = await rotationStage()
    stage.jiras[0]?.api.failNextTask('The queue is busy')
    const { id } = await plan(stage)
    await stage.main.ask('jobs:begin', { id })
    const halted = await whenJobIs(stage.main, id, 'paused')
    expect(said(halted.halt)).toContain('1 synchronization that uses this sync user could not be confirmed as stopped')
    await stage.main.ask('jobs:retry', { id })
    expect(said((await whenJobIs(stage.main, id, 'paused')).halt)).toContain('Change its password')
  })

  it('leaves out what was changed since it was planned, and says so', async () => {
    const stage = await rotationStage()
    const { id } = await changed(stage)
    const other = stage.jiras[0]?.entry('INT-3').integration.firstConnector
    if (other !== undefined) other.connection.application.baseUrl = 'https://moved.example'
    await stage.main.ask('jobs:go-on', { id, passwords: typed(stage) })
    const { targets, counts } = await whenJobIs(stage.main, id, 'ended')
    expect(counts).toMatchObject({ done: 7, leftOut: 1 })
    expect(said(targets[1]?.leftOut)).toContain('a different base URL')
  })

  it.each([true, false])('ends as it was where an update leaves what is stopped stopped: %s', async (isLeft) => {
    const stage = await rotationStage({ startsStopped: !isLeft })
    const { id } = await changed(stage)
    await stage.main.ask('jobs:go-on', { id, passwords: typed(stage) })
    expect((await whenJobIs(stage.main, id, 'ended')).counts.done).toBe(8)
    expect(wordsOf(stage)).toEqual(Array(2).fill(['RUNNING', 'RUNNING', 'RUNNING', 'STOPPED']))
    expect(passwordsOf(stage)).toEqual(new Set([NEW]))
  })

  it('asks for the passwords again after a restart, and continues where it was', async () => {
    const stage = await rotationStage()
    const { id } = await changed(stage)
    await restart(stage)
    expect(await stage.main.ask('jobs:get', { id })).toMatchObject({ state: 'paused', counts: { waiting: 8 } })
    await expect(stage.main.ask('jobs:go-on', { id })).rejects.toThrow('Enter the passwords')
    await stage.main.ask('jobs:go-on', { id, passwords: typed(stage) })
    expect((await whenJobIs(stage.main, id, 'ended')).counts.done).toBe(8)
    expect(stage.partner.failedLogIns('backbone')).toBe(0)
  })

  it.each<[string, string, FaultKind, string]>([
    ['took effect, and it was stopped', 'STOPPED', { kind: 'reset-after' }, 'done'],
    ['was lost, and somebody else had started it', 'RUNNING', { kind: 'reset-before' }, 'unknown'],
  ])('whose update %s before, is told as what it was', async (_name, word, fault, outcome) => {
    const stage = await rotationStage({ servers: 1, each: 2 })
    const { id } = await changed(stage)
    const path = '/integrations/INT-2/applicationConnection'
    stage.jiras[0]?.faults.add({ path, method: 'PUT', times: 1, fault })
    const status = stage.jiras[0]?.entry('INT-2').status
    if (status !== undefined) status.status = word
    await stage.main.ask('jobs:go-on', { id, passwords: typed(stage) })
    const job = await whenJobIs(stage.main, id, 'ended')
    expect(job.targets[0]?.steps.find(({ name }) => name === 'update')?.outcome).toBe(outcome)
  })
})
