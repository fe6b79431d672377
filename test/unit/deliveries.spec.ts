import { describe, expect, it } from 'vitest'
import type { SyncInformation } from '../../src-simulator/model.ts'
import { jobStage, restart, type JobStage } from '../support/jobs.ts'
import { movableClock } from '../support/movable-clock.ts'
import { said } from '../support/said.ts'

const HOUR_MS = 3_600_000
const KEY = 'INT-2'

/** One server whose first synchronization has two pairs of issues, watched for four hours. */
async function watched({ hours = 4, ...options }: { hours?: number; isDistributed?: boolean } = {}) {
  const { clock, moveOn } = movableClock()
  const stage = await jobStage(
    {
      servers: 1,
      each: 3,
      prepare: (entry) => {
        const { integration } = entry
        entry.links = []
        const second = integration.secondConnector
        if (integration.integrationKey !== KEY || second === undefined) return
        for (const at of [1, 2]) {
          const [a, b] = [`A-${at}`, `B-${at}`]
          entry.links.push(linkOf(at, integration.firstConnector.connectorKey, a, b))
          entry.links.push(linkOf(at + 10, second.connectorKey, b, a))
        }
        if (options.isDistributed === true) integration.distributed = true
      },
    },
    { clock },
  )
  await stage.main.ask('settings:set', { undeliveredHours: hours })
  const [serverId = ''] = stage.serverIds
  const links = (): SyncInformation[] => stage.jiras[0]?.entry(KEY).links ?? []
  /** Lets time pass, with a reading of the links at the end of each step. */
  const wait = async (ms: number, step = HOUR_MS): Promise<void> => {
    for (let passed = 0; passed < ms; passed += step) {
      moveOn(step)
      await look(stage)
    }
  }
  let time = 1_700_000_000_000
  const change = (local: string, what: 'sends' | 'receives'): void => {
    const link = links().find(({ localIssueKey }) => localIssueKey === local)
    if (link === undefined) throw new Error(`there is no link of ${local}`)
    if (what === 'sends') link.lastOutgoingChange = time += 1000
    else {
      link.lastIncomingChange = time += 1000
      link.incomingMessageSequenceId += 1
    }
  }
  const row = async () => (await stage.main.rows()).find(({ key }) => key === KEY)
  const shown = async () => {
    const found = await row()
    return found === undefined ? null : `${found.health} ${said(found.state)}`
  }
  /** What was sent has been seen to arrive: from then on it is known what both sides note. */
  const prove = async (): Promise<void> => {
    await wait(HOUR_MS)
    change('A-1', 'sends')
    change('B-1', 'receives')
    await wait(HOUR_MS)
  }
  return { stage, clock, moveOn, serverId, links, wait, change, row, shown, prove }
}

async function look({ main, serverIds: [serverId = ''] }: JobStage): Promise<void> {
  await main.services.watching.deliveryWatch.roundEnded(serverId)
}

function linkOf(id: number, connectorKey: string, localIssueKey: string, remoteIssueKey: string): SyncInformation {
  const [before, sequence] = [1_600_000_000_000, 5]
  return {
    id,
    connectorKey,
    localIssueKey,
    remoteIssueKey,
    firstSyncDate: before,
    lastOutgoingChange: before,
    lastChangeSeen: before,
    lastIncomingChange: before,
    outgoingMessageSequenceId: sequence,
    incomingMessageSequenceId: sequence,
    comments: [],
    incomingChangesIgnored: false,
  }
}

async function titles({ main }: JobStage): Promise<string[]> {
  main.services.notifications.flush()
  return (await main.ask('notifications:list', {})).map(({ title }) => said(title))
}

describe('a synchronization that runs although nothing arrives', () => {
  it('needs attention after the hours of the setting, and says who sent and who received nothing', async () => {
    const { stage, wait, change, row, shown, prove } = await watched()
    await prove()
    change('A-2', 'sends')
    await wait(4 * HOUR_MS)
    expect(await shown()).toBe('running Running')
    await wait(HOUR_MS)
    expect(await shown()).toBe('attention Nothing received')
    const { first, second, reason, since, isSinceSeen } = (await row()) ?? {}
    expect(said(reason)).toMatch(
      new RegExp(
        `^${second?.projectKey} has received nothing since .+, although ${first?.projectKey} has sent changes$`,
      ),
    )
    expect([typeof since, isSinceSeen]).toEqual(['number', false])
    await wait(3 * HOUR_MS)
    expect(await titles(stage)).toEqual([`${KEY}: Nothing received`])
    const detail = await stage.main.ask('synchronizations:detail', { ...stage.refs[0], isCached: true } as never)
    expect(said(detail.state)).toBe('Nothing received')
  })

  it('runs again as soon as anything arrives, whatever it was', async () => {
    const { wait, change, shown, prove } = await watched()
    await prove()
    change('A-2', 'sends')
    await wait(5 * HOUR_MS)
    expect(await shown()).toBe('attention Nothing received')
    change('B-1', 'receives')
    await wait(HOUR_MS)
    expect(await shown()).toBe('running Running')
  })

  it('is noticed in either direction', async () => {
    const { wait, change, row, shown } = await watched()
    await wait(HOUR_MS)
    change('B-2', 'sends')
    await wait(HOUR_MS)
    change('A-2', 'receives')
    await wait(HOUR_MS)
    change('B-1', 'sends')
    await wait(5 * HOUR_MS)
    expect(await shown()).toBe('attention Nothing received')
    const { first, reason } = (await row()) ?? {}
    expect(said(reason)).toContain(`${first?.projectKey} has received nothing`)
  })

  it('is not claimed where it is not known', async () => {
    type Scene = Awaited<ReturnType<typeof watched>>
    const cases: Record<string, (scene: Scene) => Promise<void> | void> = {
      'nothing was sent': ({ prove }) => prove(),
      'nothing was ever seen to arrive': async ({ wait, change }) => {
        await wait(HOUR_MS)
        change('A-2', 'sends')
      },
      'only a link was added where something should have arrived': async ({ wait, change, links }) => {
        await wait(HOUR_MS)
        change('A-1', 'sends')
        links().push({ ...linkOf(20, links().at(-1)?.connectorKey ?? '', 'B-9', 'A-9'), lastIncomingChange: 0 })
        await wait(HOUR_MS)
        change('A-2', 'sends')
      },
      'the receiver ignores what was sent': async ({ prove, change, links }) => {
        await prove()
        for (const link of links()) if (link.localIssueKey === 'B-2') link.incomingChangesIgnored = true
        change('A-2', 'sends')
      },
      'it was restarted meanwhile': async ({ stage, prove, change, wait, serverId }) => {
        await prove()
        change('A-2', 'sends')
        await wait(2 * HOUR_MS)
        for (const word of ['STOPPED', 'RUNNING']) {
          const status = stage.jiras[0]?.entry(KEY).status
          if (status !== undefined) status.status = word
          await stage.main.ask('synchronizations:refresh', { serverId })
        }
      },
      'a side no longer notes what it sends': async ({ prove, change, links, wait }) => {
        await prove()
        change('A-2', 'sends')
        await wait(HOUR_MS)
        for (const link of links()) link.lastOutgoingChange = 0
      },
      'one half is on another Jira': async ({ stage, prove, change, serverId }) => {
        await prove()
        const integration = stage.jiras[0]?.entry(KEY).integration
        if (integration !== undefined) integration.distributed = true
        await stage.main.ask('synchronizations:refresh', { serverId })
        change('A-2', 'sends')
      },
    }
    for (const [name, prepare] of Object.entries(cases)) {
      const scene = await watched()
      await prepare(scene)
      await scene.wait(8 * HOUR_MS)
      expect([name, await scene.shown()]).toEqual([name, 'running Running'])
      await scene.stage.main.close()
    }
  })

  it('counts only time without gaps, and starts over after a restart of Syncdeck', async () => {
    const { stage, clock, moveOn, wait, change, shown, prove } = await watched()
    await prove()
    change('A-2', 'sends')
    await wait(2 * HOUR_MS)
    moveOn(20 * HOUR_MS)
    await look(stage)
    expect(await shown()).toBe('running Running')
    await restart(stage, { clock })
    await stage.main.ask('synchronizations:refresh', { serverId: stage.serverIds[0] ?? '' })
    await wait(3 * HOUR_MS)
    expect(await shown()).toBe('running Running')
    await wait(2 * HOUR_MS)
    expect(await shown()).toBe('attention Nothing received')
  })

  it('reads nothing if it is off, and is forgotten when it is turned off', async () => {
    const { stage, wait, change, shown, prove } = await watched()
    await prove()
    change('A-2', 'sends')
    await wait(5 * HOUR_MS)
    await stage.main.ask('settings:set', { undeliveredHours: 0 })
    expect(await shown()).toBe('running Running')
    const [jira] = stage.jiras
    const before = jira?.requestsTo('/connectors').length
    await wait(5 * HOUR_MS)
    expect(before).toBeGreaterThan(0)
    expect(jira?.requestsTo('/connectors')).toHaveLength(before ?? 0)
  })

  it('does not read a list again that is too long', async () => {
    const { stage, links, wait } = await watched()
    const [link] = links()
    if (link !== undefined) links().push(...Array.from({ length: 5000 }, (_, at) => ({ ...link, id: 100 + at })))
    const [jira] = stage.jiras
    const reads = () => jira?.requestsTo(`/connectors/${link?.connectorKey}`).length
    await wait(HOUR_MS)
    expect(reads()).toBe(1)
    await wait(3 * HOUR_MS)
    expect(reads()).toBe(1)
  })

  it('is forgotten with its server', async () => {
    const { stage, wait, change, prove, serverId } = await watched()
    await prove()
    change('A-2', 'sends')
    await wait(5 * HOUR_MS)
    await stage.main.ask('servers:remove', { serverId })
    expect(await stage.main.rows()).toEqual([])
  })
})
