import { expect, it } from 'vitest'
import type { SimulatedJira } from '../../src-simulator/index.ts'
import { until } from '../../tools/until.ts'
import { create, failure, othersCreate, scene, type Scene } from '../support/lost-write-scene.ts'
import { said } from '../support/said.ts'

/** How Jira’s own rate limiter refuses a request that may come again in a moment. */
const LIMITED = {
  kind: 'answer',
  status: 429,
  headers: {
    'X-RateLimit-Limit': '10',
    'X-RateLimit-Remaining': '0',
    'X-RateLimit-FillRate': '1',
    'X-RateLimit-Interval-Seconds': '1',
    'Retry-After': '1',
  },
  body: '',
} as const

/** The write is kept waiting once; when it is sent again, its answer is lost before it takes effect, or it is accepted. */
async function heldThen(second: 'lost' | 'accepted', path: string, method: string, more = {}): Promise<Scene> {
  const stage = await scene({}, { taskPollMs: 1, ...more })
  stage.jira.faults.add({ path, method, times: 1, fault: LIMITED })
  if (second === 'lost') stage.jira.faults.add({ path, method, times: 1, fault: { kind: 'reset-before' } })
  return stage
}

/** What somebody else does while it waits. */
const meanwhile = async (jira: SimulatedJira, path: string, method: string, act: () => void): Promise<void> => {
  await until('it is kept waiting', () => jira.requestsTo(path, method).length === 1)
  act()
}

async function ended({ main }: Scene) {
  const task = async () => (await main.ask('tasks:list', {}))[0]
  await until('the task has ended', async () => (await task())?.state === 'ended')
  return task()
}

it('a start that somebody else made while ours was kept waiting is not told as ours', async () => {
  const path = '/integrations/INT-2/start'
  const stage = await heldThen('lost', path, 'PUT')
  const { jira, main, ref } = stage
  jira.entry('INT-2').status.status = 'STOPPED'
  await main.ask('synchronizations:start', { targets: [ref] })
  await meanwhile(jira, path, 'PUT', () => (jira.entry('INT-2').status.status = 'RUNNING'))
  expect(await ended(stage)).toMatchObject({ outcome: 'unknown' })
})

it('a change that somebody else made while ours was kept waiting is not overwritten', async () => {
  const path = '/integrations/INT-2'
  const stage = await heldThen('accepted', path, 'PUT')
  const { jira, main, ref } = stage
  const { summary } = jira.entry('INT-2').integration
  const draft = { base: { summary }, values: { summary: 'Mine' } }
  await main.ask('synchronizations:apply-edit', { ref, draft, passwords: {} })
  await meanwhile(jira, path, 'PUT', () => (jira.entry('INT-2').integration.summary = 'Theirs'))
  const task = await ended(stage)
  expect([task?.outcome, said(task?.failure)]).toEqual(['failed', expect.stringContaining('Somebody else changed')])
  expect([jira.requestsTo(path, 'PUT').length, jira.entry('INT-2').integration.summary]).toEqual([1, 'Theirs'])
})

it('a change that nobody else touched while it was kept waiting is sent once more', async () => {
  const path = '/integrations/INT-2'
  const stage = await heldThen('accepted', path, 'PUT')
  const { jira, main, ref } = stage
  const { summary } = jira.entry('INT-2').integration
  await main.ask('synchronizations:apply-edit', {
    ref,
    draft: { base: { summary }, values: { summary: 'Mine' } },
    passwords: {},
  })
  expect(await ended(stage)).toMatchObject({ outcome: 'succeeded' })
  expect(jira.entry('INT-2').integration.summary).toBe('Mine')
})

it('a creation that somebody else made while ours was kept waiting is not taken for ours', async () => {
  const stage = await heldThen('lost', '/integrations', 'POST')
  const created = failure(create(stage))
  await meanwhile(stage.jira, '/integrations', 'POST', () => othersCreate(stage, 'INT-9'))
  expect(await created).toMatchObject({ isOutcomeUnknown: true })
})

it.each(['a link', 'a synchronization'])(
  '%s that somebody else deleted while ours was kept waiting is told as gone, and no longer asked for',
  async (what) => {
    const path = what === 'a link' ? '/connectors' : '/integrations/INT-2'
    const stage = await heldThen('lost', path, 'DELETE')
    const { jira, main, ref } = stage
    const connectorKey = jira.entry('INT-2').integration.firstConnector?.connectorKey ?? ''
    const connector = { ...ref, connectorKey }
    const id = (await main.ask('connectors:links', connector))?.links[0]?.id ?? ''
    const deleted = failure(
      what === 'a link'
        ? main.ask('connectors:delete-link', { ref: connector, id })
        : main.ask('synchronizations:delete', { ref, typedKey: 'INT-2' }),
    )
    await meanwhile(jira, path, 'DELETE', () => {
      if (what === 'a link') jira.entry('INT-2').links.shift()
      else jira.api.entries.delete('INT-2')
    })
    expect((await deleted).message).toMatch(/no longer on the server|deleted by somebody else/)
    expect(jira.requestsTo(path, 'DELETE')).toHaveLength(1)
  },
)
