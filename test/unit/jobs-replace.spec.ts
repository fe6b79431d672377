import { describe, expect, it } from 'vitest'
import type { Replacement, WholeJob } from '../../src-contract/jobs.ts'
import type { FaultKind } from '../../src-simulator/index.ts'
import { isOver } from '../../src-main/jobs/job-state.ts'
import { until } from '../../tools/until.ts'
import { jiraAnswer } from '../support/jira-answer.ts'
import {
  forgetWrites,
  jobStage,
  listedBy,
  restart,
  whenJobIs,
  wordsOf,
  writesOf,
  type JobStage,
} from '../support/jobs.ts'
import { addressesOf, moving, planAddresses, typedFor } from '../support/moving.ts'
import { said } from '../support/said.ts'

const plain = (find: string, by: string): Replacement => ({ find, by, isPattern: false })
const pattern = (find: string, by: string): Replacement => ({ find, by, isPattern: true })

/** Names each synchronization of the first server, in the order of their keys. */
function named(stage: JobStage, names: readonly string[], description = 'Kept by ACME'): void {
  const entries = [...(stage.jiras[0]?.api.entries.values() ?? [])]
  for (const [at, { integration }] of entries.entries()) Object.assign(integration, { summary: names[at], description })
}

const planTexts = (
  { main, refs }: JobStage,
  replacement: Replacement,
  fields: ('summary' | 'description')[] = ['summary'],
): Promise<WholeJob> => main.ask('jobs:plan-texts', { targets: [...refs], fields, replacement })

const namesOf = ({ jiras }: JobStage): string[] =>
  [...(jiras[0]?.api.entries.values() ?? [])].map(({ integration }) => integration.summary)

const bodiesOf = ({ jiras }: JobStage): unknown[] =>
  jiras.flatMap((jira) =>
    jira
      .requestsTo('/integrations')
      .flatMap(({ method, body }) => (method === 'PUT' ? [JSON.parse(body) as unknown] : [])),
  )

describe('finding and replacing in names and descriptions', () => {
  it('shows what each becomes, sends one request for each with the changed fields alone, and is taken back', async () => {
    const stage = await jobStage({ servers: 1, each: 3 })
    named(stage, ['ACME ⇄ Vienna', 'Graz', 'ACME ⇄ ACME'])
    const job = await planTexts(stage, plain('ACME', 'Globex'))
    expect(job.targets.map(({ changes, leftOut }) => changes[0]?.to ?? said(leftOut))).toEqual([
      'Globex ⇄ Vienna',
      'The text does not occur in it.',
      'Globex ⇄ Globex',
    ])
    expect(writesOf(stage)).toEqual([[]])
    await stage.main.ask('jobs:begin', { id: job.id })
    await whenJobIs(stage.main, job.id, 'ended')
    expect(namesOf(stage)).toEqual(['Globex ⇄ Vienna', 'Graz', 'Globex ⇄ Globex'])
    expect(writesOf(stage)).toEqual(listedBy(job, stage.serverIds))
    expect(bodiesOf(stage)).toEqual([
      { integrationKey: 'INT-2', summary: 'Globex ⇄ Vienna' },
      { integrationKey: 'INT-4', summary: 'Globex ⇄ Globex' },
    ])
    await restart(stage)
    const back = await stage.main.ask('jobs:plan-back', { id: job.id, targets: null })
    expect(back.targets.map(({ changes }) => changes[0]?.to)).toEqual(['ACME ⇄ Vienna', 'ACME ⇄ ACME'])
    await stage.main.ask('jobs:begin', { id: back.id })
    await whenJobIs(stage.main, back.id, 'ended')
    expect(namesOf(stage)).toEqual(['ACME ⇄ Vienna', 'Graz', 'ACME ⇄ ACME'])
  })

  it('takes back nothing that somebody has changed since', async () => {
    const stage = await jobStage({ servers: 1, each: 2 })
    named(stage, ['ACME 1', 'ACME 2'])
    const job = await planTexts(stage, plain('ACME', 'Globex'))
    await stage.main.ask('jobs:begin', { id: job.id })
    await whenJobIs(stage.main, job.id, 'ended')
    const theirs = stage.jiras[0]?.entry('INT-2')
    if (theirs !== undefined) theirs.integration.summary = 'Umbrella 1'
    const back = await stage.main.ask('jobs:plan-back', { id: job.id, targets: null })
    expect(back.targets.map(({ changes, leftOut }) => changes[0]?.to ?? said(leftOut))).toEqual([
      'It has changed since the job was planned.',
      'ACME 2',
    ])
  })

  it('leaves alone what somebody else changes after the plan, and what is already as wanted', async () => {
    const stage = await jobStage({ servers: 1, each: 3 })
    named(stage, ['ACME 1', 'ACME 2', 'ACME 3'])
    const job = await planTexts(stage, plain('ACME', 'Globex'))
    named(stage, ['Umbrella', 'Globex 2', 'ACME 3'])
    await stage.main.ask('jobs:begin', { id: job.id })
    const done = await whenJobIs(stage.main, job.id, 'ended')
    expect(done.targets.map(({ leftOut, steps: [step] }) => said(leftOut) || step?.outcome)).toEqual([
      'It has changed since the job was planned.',
      'needless',
      'done',
    ])
    expect(namesOf(stage)).toEqual(['Umbrella', 'Globex 2', 'Globex 3'])
    expect(writesOf(stage)).toEqual([['PUT /integrations/INT-4']])
  })

  it('changes both fields in one request, and only a field in which it is found', async () => {
    const stage = await jobStage({ servers: 1, each: 2 })
    named(stage, ['ACME', 'Other'], 'Ask ACME first')
    const job = await planTexts(stage, pattern('(?i)\\bacme\\b', '<$&>'), ['summary', 'description'])
    await stage.main.ask('jobs:begin', { id: job.id })
    await whenJobIs(stage.main, job.id, 'ended')
    expect(bodiesOf(stage)).toEqual([
      { integrationKey: 'INT-2', summary: '<ACME>', description: 'Ask <ACME> first' },
      { integrationKey: 'INT-3', description: 'Ask <ACME> first' },
    ])
  })

  it.each([
    { what: 'no pattern', replacement: pattern('(', 'x'), says: 'not a valid pattern: missing closing )' },
    { what: 'a look-around', replacement: pattern('a(?=b)', 'x'), says: 'not a valid pattern' },
  ])('refuses $what, before anything is read', async ({ replacement, says }) => {
    const stage = await jobStage({ servers: 1, each: 1 })
    stage.jiras[0]?.seen.splice(0)
    await expect(planTexts(stage, replacement)).rejects.toThrow(says)
    expect(stage.jiras[0]?.requestsTo('/integrations')).toEqual([])
    await expect(planTexts(stage, replacement)).rejects.toHaveProperty(['data', 'fields', 'replacement.find'])
  })

  it('refuses an empty text to find', async () => {
    const stage = await jobStage({ servers: 1, each: 1 })
    await expect(planTexts(stage, plain('', 'x'))).rejects.toHaveProperty(['data', 'fields', 'replacement.find'])
  })

  it.each([
    { what: 'leaves an empty name', replacement: pattern('.*', ''), name: 'ACME', says: 'Its name would be empty.' },
    { what: 'makes it too long', replacement: plain('A', 'x'.repeat(999)), name: 'AA', says: 'longer than 1,000' },
    { what: 'finds too much', replacement: pattern('a?', '-'), name: 'a'.repeat(1001), says: 'more than 1,000 times' },
    { what: 'finds it too often', replacement: plain('a', 'b'), name: 'a'.repeat(1001), says: 'more than 1,000 times' },
    { what: 'changes nothing', replacement: plain('A', 'A'), name: 'AA', says: 'does not occur' },
  ])('that $what is told at its row', async ({ replacement, name, says }) => {
    const stage = await jobStage({ servers: 1, each: 1 })
    named(stage, [name])
    const job = await planTexts(stage, replacement)
    expect(said(job.targets[0]?.leftOut)).toContain(says)
    await expect(stage.main.ask('jobs:begin', { id: job.id })).rejects.toThrow('There is nothing left to do')
  })

  it('with a pattern that backtracking would never end is done in a moment', async () => {
    const stage = await jobStage({ servers: 1, each: 1 })
    named(stage, ['x'], 'a'.repeat(50_000))
    const job = await planTexts(stage, pattern('(a+)+$|(a|aa)+b', 'b'), ['description'])
    expect(job.targets[0]?.changes[0]?.to).toBe('b')
  })
})

describe('finding and replacing in base URLs', () => {
  it('asks once for the password of each user at its new address, and leaves each as it was before', async () => {
    const stage = await moving()
    const job = await planAddresses(stage, stage.from, stage.to)
    expect(job.asks.toSorted((a, b) => a.user.localeCompare(b.user))).toEqual([
      { user: 'backbone', baseUrl: stage.to },
      { user: 'local', baseUrl: stage.to },
    ])
    await stage.main.ask('jobs:begin', { id: job.id })
    const asking = await whenJobIs(stage.main, job.id, 'paused')
    expect(said(asking.halt)).toContain('needs the passwords')
    expect(writesOf(stage)).toEqual([[], []])
    await expect(stage.main.ask('jobs:go-on', { id: job.id })).rejects.toThrow('Enter the passwords')
    const passwords = typedFor(stage)
    await stage.main.ask('jobs:go-on', { id: job.id, passwords })
    const done = await whenJobIs(stage.main, job.id, 'ended')
    expect(done.counts).toMatchObject({ done: 6, failed: 0, unknown: 0 })
    expect(addressesOf(stage)).toEqual(new Set([stage.to]))
    expect(wordsOf(stage)).toEqual(Array(2).fill(['RUNNING', 'RUNNING', 'STOPPED']))
    const listed = listedBy(job, stage.serverIds)
    for (const [at, writes] of writesOf(stage).entries()) {
      expect(listed[at]).toEqual(expect.arrayContaining(writes))
      expect(new Set(writes).size).toBe(writes.length)
    }
    expect(stage.failed()).toBe(0)
    const back = await stage.main.ask('jobs:plan-back', { id: job.id, targets: null })
    expect(new Set(back.asks.map(({ baseUrl }) => baseUrl))).toEqual(new Set([stage.from]))
  })

  it('with a wrong password fails one log-in, stops what it started, and sends nothing more', async () => {
    const stage = await moving()
    const job = await planAddresses(stage, stage.from, stage.to)
    await stage.main.ask('jobs:begin', { id: job.id })
    await whenJobIs(stage.main, job.id, 'paused')
    const passwords = typedFor(stage, 'wrong')
    await stage.main.ask('jobs:go-on', { id: job.id, passwords })
    const halted = await whenJobIs(stage.main, job.id, 'paused')
    expect(halted.halt).not.toBeNull()
    await until('what it started is stopped', () => wordsOf(stage)[0]?.[0] === 'STOPPED')
    expect(stage.failed()).toBe(1)
    expect(writesOf(stage)).toEqual([
      ['PUT /integrations/INT-2/applicationConnection', 'PUT /integrations/INT-2/stop'],
      [],
    ])
  })

  it('that loses an answer is found out by reading, and sent once', async () => {
    const stage = await moving()
    const job = await planAddresses(stage, stage.from, stage.to)
    const path = '/integrations/INT-2/applicationConnection'
    stage.jiras[0]?.faults.add({ path, method: 'PUT', times: 1, fault: { kind: 'reset-after' } })
    await stage.main.ask('jobs:begin', { id: job.id })
    await whenJobIs(stage.main, job.id, 'paused')
    const passwords = typedFor(stage)
    await stage.main.ask('jobs:go-on', { id: job.id, passwords })
    const done = await whenJobIs(stage.main, job.id, 'ended')
    expect([done.counts.done, done.counts.unknown]).toEqual([6, 0])
    forgetWrites(stage)
    expect(addressesOf(stage)).toEqual(new Set([stage.to]))
  })

  it.each<[string, FaultKind, string]>([
    ['is lost on its way', { kind: 'reset-before' }, 'unknown'],
    ['is answered 502 before it took effect', { kind: 'answer', status: 502, body: 'Bad gateway' }, 'unknown'],
    ['is refused', jiraAnswer('{"message":"Busy"}', 400), 'failed'],
  ])('whose update %s is not done, although it runs with the old ones', async (_name, fault, outcome) => {
    const stage = await moving()
    const job = await planAddresses(stage, stage.from, stage.to)
    const path = '/integrations/INT-2/applicationConnection'
    stage.jiras[0]?.faults.add({ path, method: 'PUT', times: 1, fault })
    await stage.main.ask('jobs:begin', { id: job.id })
    await whenJobIs(stage.main, job.id, 'paused')
    await stage.main.ask('jobs:go-on', { id: job.id, passwords: typedFor(stage) })
    let seen: WholeJob | undefined
    await until('it has been looked at', async () => {
      seen = await stage.main.ask('jobs:get', { id: job.id })
      return seen.targets[0]?.steps.slice(0, 2).every((step) => step.endedAt !== null || isOver(step)) === true
    })
    const entry = stage.jiras[0]?.entry('INT-2')
    expect(entry?.integration.firstConnector.connection.application.baseUrl).toBe(stage.from)
    expect(seen?.targets[0]?.steps.map((step) => step.outcome)).toEqual([outcome, 'needless', 'waiting', 'waiting'])
  })

  it('with a wrong password fails one log-in, although the update that was to try it was lost', async () => {
    const stage = await moving()
    const job = await planAddresses(stage, stage.from, stage.to)
    const path = '/integrations/INT-2/applicationConnection'
    stage.jiras[0]?.faults.add({ path, method: 'PUT', times: 1, fault: { kind: 'reset-before' } })
    await stage.main.ask('jobs:begin', { id: job.id })
    await whenJobIs(stage.main, job.id, 'paused')
    await stage.main.ask('jobs:go-on', { id: job.id, passwords: typedFor(stage, 'wrong') })
    const halted = await whenJobIs(stage.main, job.id, 'paused')
    await until('nothing is under way', async () => {
      const { counts } = await stage.main.ask('jobs:get', { id: job.id })
      return counts.underWay === 0
    })
    // It may have been refused: whether another is sent is for the user to say.
    expect([halted.halt?.key, stage.failed()]).toEqual(['jobs.halt.unknown', 0])
    await stage.main.ask('jobs:go-on', { id: job.id })
    await until('the next was tried', async () => {
      const { state, counts } = await stage.main.ask('jobs:get', { id: job.id })
      return state === 'paused' && counts.underWay === 0
    })
    expect(stage.failed()).toBe(1)
  })

  it('whose update was cut off by the end of Syncdeck is not done, although it runs with the old ones', async () => {
    const stage = await moving()
    const job = await planAddresses(stage, stage.from, stage.to)
    const path = '/integrations/INT-2/applicationConnection'
    stage.jiras[0]?.faults.add({ path, method: 'PUT', times: 1, fault: { kind: 'hang' } })
    await stage.main.ask('jobs:begin', { id: job.id })
    await whenJobIs(stage.main, job.id, 'paused')
    await stage.main.ask('jobs:go-on', { id: job.id, passwords: typedFor(stage) })
    await until('it was sent', () => stage.jiras[0]?.requestsTo(path, 'PUT').length === 1)
    await restart(stage)
    await until('it has been looked at', async () => {
      const { counts } = await stage.main.ask('jobs:get', { id: job.id })
      return counts.unknown === 1
    })
  })

  it.each([
    { by: 'not an address', says: 'cannot be a base URL' },
    { by: 'ftp://files.example', says: 'cannot be a base URL' },
  ])('that makes $by of it is told at its row, and left out', async ({ by, says }) => {
    const stage = await moving()
    const job = await planAddresses(stage, stage.from, by)
    expect(new Set(job.targets.map(({ leftOut }) => said(leftOut).includes(says)))).toEqual(new Set([true]))
  })

  it.each([
    { find: 'found nowhere', by: 'https://user:secret@jira.example' },
    { find: '127.', by: 'user@127.' },
  ])('refuses $by, which is stored nowhere', async ({ find, by }) => {
    const stage = await moving()
    await expect(planAddresses(stage, find, by)).rejects.toHaveProperty(['data', 'fields', 'replacement.by'])
    expect(await stage.main.ask('jobs:list', {})).toEqual([])
  })

  it('sends nothing for what others have moved in the meantime', async () => {
    const stage = await moving()
    const job = await planAddresses(stage, stage.from, stage.to)
    for (const jira of stage.jiras)
      for (const { integration } of jira.api.entries.values())
        for (const connector of [integration.firstConnector, integration.secondConnector])
          if (connector !== undefined) connector.connection.application.baseUrl = stage.to
    await stage.main.ask('jobs:begin', { id: job.id })
    await whenJobIs(stage.main, job.id, 'paused')
    await stage.main.ask('jobs:go-on', { id: job.id, passwords: typedFor(stage) })
    const done = await whenJobIs(stage.main, job.id, 'ended')
    expect(new Set(done.targets.map(({ steps: [update] }) => update?.outcome))).toEqual(new Set(['needless']))
    expect(writesOf(stage)).toEqual([[], []])
  })
})
