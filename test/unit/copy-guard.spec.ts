import { describe, expect, it, onTestFinished } from 'vitest'
import type { CopyGuardState } from '../../src-contract/copy-guard.ts'
import type { Message } from '../../src-contract/messages/message.ts'
import { SimulatedJira } from '../../src-simulator/index.ts'
import { said } from '../support/said.ts'
import { addServer, startJira, startMain, type TestMain } from '../support/services.ts'
import { until } from '../../tools/until.ts'

const refresh = (main: TestMain, serverId: string) => main.ask('synchronizations:refresh', { serverId })

async function guardOf(main: TestMain, serverId: string): Promise<CopyGuardState | null> {
  const server = (await main.ask('servers:list', {})).find(({ id }) => id === serverId)
  return server?.copyGuard ?? null
}

async function signsOf(main: TestMain, serverId: string): Promise<string[]> {
  return ((await guardOf(main, serverId))?.signs ?? []).map((sign) => said(sign))
}

async function restored(original: SimulatedJira, statedBaseUrl?: string): Promise<SimulatedJira> {
  const copy = await SimulatedJira.restoredFrom(original, statedBaseUrl === undefined ? {} : { statedBaseUrl }).start()
  onTestFinished(() => copy.stop())
  return copy
}

/** Production and a test system that was restored from its backup, both read. */
async function pair() {
  const production = await startJira({ seed: 5, synchronizations: 4 })
  const copy = await restored(production)
  const main = startMain()
  const original = await addServer(main, production, { name: 'Production' })
  const staging = await addServer(main, copy, { name: 'Staging' })
  for (const id of [original, staging]) await refresh(main, id)
  return { production, copy, main, original, staging }
}

const written = ({ seen }: SimulatedJira): string[] =>
  seen
    .filter(({ method }) => method === 'PUT')
    .map(({ method, path }) => `${method} ${path.split('/').slice(-2).join(' ')}`)

/** What changes the date of last change of a synchronization as the server has it. */
function modify(jira: SimulatedJira, key: string, lastModifiedDate: string): void {
  jira.entry(key).integration.lastModifiedDate = lastModifiedDate
}

async function tasksEnded(main: TestMain): Promise<void> {
  await until('the tasks have ended', async () =>
    (await main.ask('tasks:list', {})).every(({ state }) => state === 'ended'),
  )
}

describe('a Jira restored from another one’s backup', () => {
  it('is a copy by its base URL and its synchronizations; the original is not', async () => {
    const { main, original, staging, production, copy } = await pair()
    expect((await guardOf(main, staging))?.state).toBe('copy')
    expect(await signsOf(main, staging)).toEqual([
      `Jira gives its own base URL as ${production.baseUrl}, not ${copy.baseUrl}.`,
      '4 synchronizations there are the same as on Production, with the same keys, creation dates and connector keys.',
    ])
    expect(await guardOf(main, original)).toBeNull()
  })

  it('is asked for what starts nothing, and never for what starts, also after a restart', async () => {
    const { main, staging, copy } = await pair()
    const ref = { serverId: staging, key: 'INT-2' }
    const side = { baseUrl: 'https://jira.example', password: 'secret', proxy: null }
    const refused = { data: { code: 'app.copy' } }
    await expect(main.ask('synchronizations:start', { targets: [ref] })).rejects.toMatchObject(refused)
    await expect(main.ask('synchronizations:restart', { targets: [ref] })).rejects.toMatchObject(refused)
    await main.ask('synchronizations:update-connection', { ref, form: { first: side, second: side } })
    await tasksEnded(main)
    expect(written(copy)).toEqual([])
    await main.ask('synchronizations:stop', { targets: [ref] })
    await tasksEnded(main)
    expect(written(copy)).toEqual(['PUT INT-2 stop'])
    await main.close()
    const again = startMain({ folder: main.folder, keychain: main.keychain })
    await expect(again.ask('synchronizations:start', { targets: [ref] })).rejects.toMatchObject(refused)
  })

  it('takes no part in a job that would start something', async () => {
    const { main, staging, original } = await pair()
    const targets = [staging, original].map((serverId) => ({ serverId, key: 'INT-2' }))
    const leftOut = (job: { targets: readonly { serverId: string; leftOut: Message | null }[] }): (string | null)[] =>
      [original, staging].map((id) => {
        const why = job.targets.find(({ serverId }) => serverId === id)?.leftOut ?? null
        return why === null ? null : said(why)
      })
    const replacement = { find: 'https://', by: 'http://', isPattern: false }
    const moved = await main.ask('jobs:plan-addresses', { targets, sides: ['first', 'second'], replacement })
    expect(leftOut(moved)).toEqual([null, 'Its server looks like a copy of another Jira; nothing is started there.'])
    expect(leftOut(await main.ask('jobs:plan-maintenance', { targets }))).toEqual([null, null])
  })

  it('starts again once its name was typed, until something new is seen', async () => {
    const { main, staging, copy } = await pair()
    await expect(main.ask('servers:release-copy', { serverId: staging, typedName: 'staging' })).rejects.toMatchObject({
      data: { code: 'input.invalid' },
    })
    await main.ask('servers:release-copy', { serverId: staging, typedName: 'Staging' })
    expect(await guardOf(main, staging)).toBeNull()
    await main.close()
    const again = startMain({ folder: main.folder, keychain: main.keychain })
    await refresh(again, staging)
    expect(await guardOf(again, staging)).toBeNull()
    const targets = [{ serverId: staging, key: 'INT-2' }]
    await again.ask('synchronizations:start', { targets })
    await tasksEnded(again)
    expect(written(copy)).toEqual(['PUT INT-2 start'])
    modify(copy, 'INT-3', '2001-01-01T00:00:00+0000')
    await refresh(again, staging)
    expect((await guardOf(again, staging))?.state).toBe('copy')
  })
})

describe('one sign', () => {
  it('is a question, asked once, if Jira’s base URL has a different name', async () => {
    const jira = await startJira({ seed: 6, synchronizations: 2, statedBaseUrl: 'https://jira.example/' })
    const main = startMain()
    const serverId = await addServer(main, jira)
    await refresh(main, serverId)
    expect((await guardOf(main, serverId))?.state).toBe('question')
    expect(await signsOf(main, serverId)).toEqual([
      `Jira gives its own base URL as https://jira.example, not ${jira.baseUrl}.`,
    ])
    await main.ask('servers:answer-copy-question', { serverId, isCopy: false })
    expect(await guardOf(main, serverId)).toBeNull()
    await expect(main.ask('servers:answer-copy-question', { serverId, isCopy: true })).rejects.toMatchObject({
      data: { code: 'input.invalid' },
    })
    await main.close()
    const again = startMain({ folder: main.folder, keychain: main.keychain })
    await refresh(again, serverId)
    expect(await guardOf(again, serverId)).toBeNull()
  })

  it('starts nothing where the user says that it is a copy', async () => {
    const jira = await startJira({ seed: 6, synchronizations: 2, statedBaseUrl: 'https://jira.example' })
    const main = startMain()
    const serverId = await addServer(main, jira)
    await refresh(main, serverId)
    await main.ask('servers:answer-copy-question', { serverId, isCopy: true })
    expect((await guardOf(main, serverId))?.state).toBe('copy')
    const targets = [{ serverId, key: 'INT-2' }]
    await expect(main.ask('synchronizations:start', { targets })).rejects.toMatchObject({ data: { code: 'app.copy' } })
  })

  it('is a question to both where a copy has a base URL of its own', async () => {
    const production = await startJira({ seed: 5, synchronizations: 3 })
    const copy = await startJira({ seed: 9, synchronizations: 0 })
    for (const entry of production.api.entries.values()) copy.api.put(structuredClone(entry))
    const main = startMain()
    const original = await addServer(main, production, { name: 'Production' })
    const staging = await addServer(main, copy, { name: 'Staging' })
    for (const id of [original, staging]) await refresh(main, id)
    expect((await guardOf(main, original))?.state).toBe('question')
    expect((await guardOf(main, staging))?.state).toBe('question')
    // What the user says of the copy answers it for the original.
    await main.ask('servers:answer-copy-question', { serverId: staging, isCopy: true })
    expect(await guardOf(main, original)).toBeNull()
  })

  it('is a question where dates of last change went back, also since the last session; clocks that differ are none', async () => {
    const jira = await startJira({ seed: 7, synchronizations: 3 })
    modify(jira, 'INT-2', '2026-11-10T12:00:00+0100')
    const main = startMain()
    const serverId = await addServer(main, jira)
    await refresh(main, serverId)
    modify(jira, 'INT-2', '2026-11-10T10:58:00+0000')
    await refresh(main, serverId)
    expect(await guardOf(main, serverId)).toBeNull()
    await main.close()
    modify(jira, 'INT-2', '2026-11-09T12:00:00+0100')
    const again = startMain({ folder: main.folder, keychain: main.keychain })
    await refresh(again, serverId)
    expect((await guardOf(again, serverId))?.state).toBe('question')
    expect(await signsOf(again, serverId)).toEqual(['INT-2 now shows an earlier modification date than before.'])
  })
})

describe('no sign', () => {
  it('are two entries of one address', async () => {
    const jira = await startJira({ seed: 5, synchronizations: 3 })
    const main = startMain()
    const ids = [await addServer(main, jira, { name: 'One' }), await addServer(main, jira, { name: 'Two' })]
    for (const id of ids) await refresh(main, id)
    for (const id of ids) expect(await guardOf(main, id)).toBeNull()
  })

  it('are the same synchronizations at one address, whatever Jira calls itself', async () => {
    const jira = await startJira({ seed: 5, synchronizations: 3, statedBaseUrl: 'https://jira.example' })
    const main = startMain()
    const ids = [await addServer(main, jira, { name: 'One' }), await addServer(main, jira, { name: 'Two' })]
    for (const id of ids) await refresh(main, id)
    for (const id of ids) expect((await guardOf(main, id))?.signs).toHaveLength(1)
  })

  it('is on an original whose other name the user knows, when a copy reports that name', async () => {
    const production = await startJira({ seed: 5, synchronizations: 3, statedBaseUrl: 'https://jira.example' })
    const copy = await restored(production, 'https://jira.example')
    const main = startMain()
    const original = await addServer(main, production, { name: 'Production' })
    await refresh(main, original)
    await main.ask('servers:answer-copy-question', { serverId: original, isCopy: false })
    const staging = await addServer(main, copy, { name: 'Staging' })
    await refresh(main, staging)
    expect((await guardOf(main, staging))?.state).toBe('copy')
    expect(await guardOf(main, original)).toBeNull()
  })

  it('are the halves of a distributed synchronization, which share key and date', async () => {
    const [one, other] = [await startJira({ seed: 5, synchronizations: 3 }), await startJira({ synchronizations: 0 })]
    for (const entry of one.api.entries.values()) {
      const half = structuredClone(entry)
      half.integration.firstConnector.connectorKey += '9'
      other.api.put(half)
    }
    const main = startMain()
    const ids = [await addServer(main, one), await addServer(main, other, { name: 'Other' })]
    for (const id of ids) await refresh(main, id)
    for (const id of ids) expect(await guardOf(main, id)).toBeNull()
  })

  it('are an older Jira at a new address, which is judged again', async () => {
    const jira = await startJira({ seed: 5, synchronizations: 3, statedBaseUrl: 'https://jira.example' })
    const older = await startJira({ seed: 5, synchronizations: 0 })
    for (const entry of jira.api.entries.values()) older.api.put(structuredClone(entry))
    modify(older, 'INT-2', '2001-01-01T00:00:00+0000')
    const main = startMain()
    const serverId = await addServer(main, jira)
    await refresh(main, serverId)
    await main.ask('servers:answer-copy-question', { serverId, isCopy: true })
    await main.ask('servers:update', {
      serverId,
      input: { ...(await inputOf(main, serverId)), address: older.baseUrl },
      credential: { kind: 'basic', user: 'admin', secret: 'admin' },
    })
    await refresh(main, serverId)
    expect(await guardOf(main, serverId)).toBeNull()
  })
})

it('an alias of an address looks like a fresh copy: typing its name once is enough', async () => {
  const { main, original, staging } = await pair()
  await main.ask('servers:release-copy', { serverId: staging, typedName: 'Staging' })
  for (const id of [original, staging]) {
    await refresh(main, id)
    expect(await guardOf(main, id)).toBeNull()
  }
})

it('a removed original leaves no sign', async () => {
  const production = await startJira({ seed: 5, synchronizations: 3 })
  const copy = await restored(production, 'http://127.0.0.1:1')
  const main = startMain()
  const original = await addServer(main, production, { name: 'Production' })
  await refresh(main, original)
  await main.ask('servers:remove', { serverId: original })
  const staging = await addServer(main, copy, { name: 'Staging' })
  await refresh(main, staging)
  expect(await signsOf(main, staging)).toHaveLength(1)
})

async function inputOf(main: TestMain, serverId: string) {
  const server = (await main.ask('servers:list', {})).find(({ id }) => id === serverId)
  if (server === undefined) throw new Error('no such server')
  const { name, apiPath, environment, projectKeys, caPem, allowPlainHttp } = server
  return { name, apiPath, environment, projectKeys, caPem, allowPlainHttp }
}
