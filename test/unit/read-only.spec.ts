import { describe, expect, it } from 'vitest'
import { said } from '../support/said.ts'
import { requestChannels, type RequestChannel } from '../../src-contract/channels.ts'
import type { SimulatedJira } from '../../src-simulator/index.ts'
import { addServer, startJira, startMain, type TestMain } from '../support/services.ts'
import { until } from '../../tools/until.ts'

/** Every channel that can lead to a write on a server, with what a user would send on it. */
function writes(
  main: TestMain,
  jira: SimulatedJira,
  serverId: string,
  jobId: string,
): Partial<Record<RequestChannel, () => Promise<unknown>>> {
  const ref = { serverId, key: 'INT-2' }
  const { connectorKey } = jira.entry('INT-2').integration.firstConnector
  const draft = { base: { summary: jira.entry('INT-2').integration.summary }, values: { summary: 'Changed' } }
  const side = { baseUrl: 'https://jira.example', password: 'secret', proxy: null }
  const newSide = { projectKey: 'AP', baseUrl: 'https://jira.example', user: 'sync', password: 'secret' }
  return {
    'synchronizations:start': () => main.ask('synchronizations:start', { targets: [ref] }),
    'synchronizations:stop': () => main.ask('synchronizations:stop', { targets: [ref] }),
    'synchronizations:restart': () => main.ask('synchronizations:restart', { targets: [ref] }),
    'synchronizations:apply-edit': () => main.ask('synchronizations:apply-edit', { ref, draft, passwords: {} }),
    'synchronizations:update-connection': () =>
      main.ask('synchronizations:update-connection', { ref, form: { first: side, second: side } }),
    'synchronizations:create': () =>
      main.ask('synchronizations:create', {
        serverId,
        input: { summary: 'New', description: '', first: newSide, second: { ...newSide, projectKey: 'BP' } },
        isStarted: true,
      }),
    'synchronizations:delete': () => main.ask('synchronizations:delete', { ref, typedKey: 'INT-2' }),
    // If writing was forbidden when it was planned, nothing takes part.
    'jobs:begin': () =>
      main
        .ask('jobs:begin', { id: jobId })
        .catch((error: unknown) => expect(error).toMatchObject({ data: { code: 'input.invalid' } })),
    'connectors:resync': () =>
      main.ask('connectors:resync', {
        ref: { ...ref, connectorKey },
        resync: { jql: '', fieldMappings: ['summary'], responsibility: false, sendStatusField: false },
      }),
    'connectors:delete-link': () =>
      main.ask('connectors:delete-link', {
        ref: { ...ref, connectorKey },
        id: String(jira.entry('INT-2').links.find((link) => link.connectorKey === connectorKey)?.id),
      }),
  }
}

async function scene(isReadOnly: boolean) {
  const jira = await startJira({ synchronizations: 3, seed: 3 })
  const main = startMain({ isReadOnly })
  const serverId = await addServer(main, jira)
  await main.ask('synchronizations:refresh', { serverId })
  const targets = [...jira.api.entries.keys()].map((key) => ({ serverId, key }))
  const { id: jobId } = await main.ask('jobs:plan-maintenance', { targets })
  return { jira, main, serverId, jobId }
}

const written = (jira: SimulatedJira): string[] =>
  jira.seen.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path}`)

describe('read-only', () => {
  it.each([true, false])('nothing is written on any channel (whole application: %s)', async (isWhole) => {
    const { jira, main, serverId, jobId } = await scene(isWhole)
    if (!isWhole) await main.ask('servers:set-read-only', { serverId, isReadOnly: true })
    const all = writes(main, jira, serverId, jobId)
    for (const attempt of Object.values(all))
      await attempt().catch((error: unknown) => expect(error).toMatchObject({ data: { code: 'app.read-only' } }))
    await until('the tasks have ended', async () =>
      (await main.ask('tasks:list', {})).every(({ state }) => state === 'ended'),
    )
    expect(written(jira)).toEqual([])
    for (const { outcome, failure } of await main.ask('tasks:list', {})) {
      expect(outcome).toBe('failed')
      expect(said(failure)).toContain('read-only')
    }
    expect((await main.ask('servers:list', {}))[0]?.isReadOnly).toBe(true)
  })

  it('of one server survives a restart, and is taken back', async () => {
    const { jira, main, serverId } = await scene(false)
    await main.ask('servers:set-read-only', { serverId, isReadOnly: true })
    await main.close()
    const again = startMain({ folder: main.folder, keychain: main.keychain })
    expect((await again.ask('servers:list', {}))[0]?.isReadOnly).toBe(true)
    await again.ask('servers:set-read-only', { serverId, isReadOnly: false })
    await again.ask('synchronizations:stop', { targets: [{ serverId, key: 'INT-2' }] })
    await until('it was sent', () => written(jira).length === 1)
  })

  it('the table of writes above would notice a new channel for one', async () => {
    const { jira, main, serverId, jobId } = await scene(false)
    const harmless =
      /^(app|demo|settings|vault|servers|credentials|drafts|conflicts|history|notes|notifications|snoozes|monitor|storage|snapshots|support|audit|clipboard|tasks|links):|^jobs:(list|get|sync-users|plan-[a-z-]+|pause|end|forget|export)$|^synchronizations:(list|refresh|detail|export|preview-edit|preview-connection)$|^connectors:(links|more-links|plan-import|export-links)$/
    // An import sends what a plan found, and needs a file; it goes the same way as deleting a link. A job continues as
    // it has begun.
    const known = [
      ...Object.keys(writes(main, jira, serverId, jobId)),
      'connectors:import-links',
      'jobs:go-on',
      'jobs:retry',
    ]
    expect(requestChannels.filter((channel) => !harmless.test(channel)).sort()).toEqual(known.sort())
  })
})
