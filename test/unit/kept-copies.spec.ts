import { expect, it } from 'vitest'
import { until } from '../../tools/until.ts'
import { copyStage, originals, passwords, planCopy } from '../support/copies.ts'
import { jobStage, restart, whenJobIs } from '../support/jobs.ts'
import { changed, rotationStage, typed, type RotationStage } from '../support/rotation.ts'
import { said } from '../support/said.ts'
import { startMain } from '../support/services.ts'

const DAY_MS = 86_400_000
const LINKS = '/connectors/'

async function rotate(stage: RotationStage) {
  const { id } = await changed(stage)
  await stage.main.ask('jobs:go-on', { id, passwords: typed(stage) })
  return whenJobIs(stage.main, id, 'ended')
}

it('before a new password the object and the links of both sides are kept, and are there after a restart', async () => {
  const stage = await rotationStage({ servers: 1, each: 2 })
  const [jira] = stage.jiras
  const integration = jira?.entry('INT-2').integration
  const sides = [integration?.firstConnector.connectorKey ?? '', integration?.secondConnector?.connectorKey ?? '']
  await rotate(stage)
  await restart(stage)
  const kept = (await stage.main.ask('snapshots:list', {})).filter(({ key }) => key === 'INT-2')
  expect(kept).toMatchObject([
    { why: 'new-password', links: sides.map((connectorKey) => ({ connectorKey, problem: null })) },
  ])
  const [copy] = kept
  if (copy === undefined) throw new Error('It was kept')
  const { json } = await stage.main.ask('snapshots:get', { id: copy.id })
  expect(JSON.parse(json)).toHaveProperty('firstConnector.configuration.sync')
  const [connectorKey = ''] = sides
  await stage.main.ask('snapshots:export-links', { id: copy.id, connectorKey })
  const exported = JSON.parse(stage.main.saved.get(`${connectorKey}-links.json`) ?? '') as unknown[]
  const onServer = jira?.entry('INT-2').links.filter((link) => link.connectorKey === connectorKey)
  expect(exported.length).toBeGreaterThan(0)
  expect(exported).toEqual(onServer)
  expect(copy.links[0]?.count).toBe(exported.length)
})

it('links that cannot be read are reported at the row, and stop nothing', async () => {
  const stage = await rotationStage({ servers: 1, each: 2 })
  const connector = stage.jiras[0]?.entry('INT-2').integration.firstConnector.connectorKey ?? ''
  stage.jiras[0]?.faults.add({
    path: `${LINKS}${connector}/syncInformation`,
    fault: { kind: 'answer', status: 403, body: 'Not for you' },
  })
  const done = await rotate(stage)
  expect(done.counts.done).toBe(2)
  expect(said(done.targets[0]?.missing)).toContain(`The links of ${connector} could not be kept`)
  expect(done.targets[1]?.missing).toBeNull()
  const [copy] = (await stage.main.ask('snapshots:list', {})).filter(({ key }) => key === 'INT-2')
  expect(copy?.links[0]).toMatchObject({ connectorKey: connector, count: 0 })
  await expect(
    stage.main.ask('snapshots:export-links', { id: copy?.id ?? '', connectorKey: connector }),
  ).rejects.toMatchObject({ data: { code: 'synchronization.unknown' } })
})

it('what cannot be read itself is not changed', async () => {
  const stage = await rotationStage({ servers: 1, each: 2 })
  const { id } = await changed(stage)
  const fault = { kind: 'answer', status: 403, body: '' } as const
  stage.jiras[0]?.faults.add({ path: '/integrations/INT-2', method: 'GET', fault })
  await stage.main.ask('jobs:go-on', { id, passwords: typed(stage) })
  const done = await whenJobIs(stage.main, id, 'ended')
  expect(done.targets.map(({ steps }) => steps.find(({ name }) => name === 'update')?.outcome)).toEqual([
    'failed',
    'done',
  ])
})

it.each(['delete', 'change-addresses', 'copy'] as const)('before %s a copy is kept', async (why) => {
  if (why === 'delete') {
    const stage = await jobStage({ servers: 1, each: 1 })
    const { id } = await stage.main.ask('jobs:plan-clean-up', { targets: [...stage.refs] })
    await stage.main.ask('jobs:begin', { id, typed: '1' })
    await whenJobIs(stage.main, id, 'ended')
    return expect(await stage.main.ask('snapshots:list', {})).toMatchObject([{ why, key: 'INT-2', links: [{}, {}] }])
  }
  const stage = await copyStage({ isKnown: false })
  const targets = originals(stage).slice(0, 1)
  const replacement = { find: 'http://127.0.0.1', by: 'http://localhost', isPattern: false }
  const { id } =
    why === 'copy'
      ? await planCopy(stage, undefined, targets)
      : await stage.main.ask('jobs:plan-addresses', { targets, sides: ['first'], replacement })
  await stage.main.ask('jobs:begin', { id })
  const { asks } = await whenJobIs(stage.main, id, 'paused')
  const given = asks.map((account) => ({ ...account, password: account.user }))
  await stage.main.ask('jobs:go-on', { id, passwords: why === 'copy' ? passwords(stage) : given })
  // A server that does not take the new address comes after it.
  const kept = (): Promise<unknown[]> => stage.main.ask('snapshots:list', {})
  await until('a copy is kept', async () => (await kept()).length > 0)
  expect(await kept()).toMatchObject([{ why, key: 'INT-2', links: [{}, {}] }])
})

it('copies of what is still there are forgotten with the jobs, and copies of what was deleted never', () => {
  const { snapshots } = startMain().services
  const copy = { serverId: 's', serverName: 'S', summary: '', json: '{}' }
  for (const [at, why] of (['delete', 'copy', 'new-password'] as const).entries())
    snapshots.put({ ...copy, id: why, key: `INT-${at}`, takenAt: (at + 1) * DAY_MS, why }, [
      { connectorKey: 'AP-1', count: 0, unreadable: 0, problem: null, json: null },
    ])
  snapshots.prune(3 * DAY_MS)
  expect(snapshots.all().map(({ id }) => id)).toEqual(['new-password', 'delete'])
})
