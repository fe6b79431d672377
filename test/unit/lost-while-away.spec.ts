import { describe, expect, it } from 'vitest'
import type { AppErrorData } from '../../src-contract/errors.ts'
import type { SimulatedJira } from '../../src-simulator/index.ts'
import { until } from '../../tools/until.ts'
import { changedAnswers } from '../support/changed-answers.ts'
import { fastClock } from '../support/fast-clock.ts'
import { said, type Spoken } from '../support/said.ts'
import { addServer, startJira, startMain, type TestMain } from '../support/services.ts'

interface Scene {
  readonly jira: SimulatedJira
  readonly main: TestMain
  readonly ref: { readonly serverId: string; readonly key: string }
  /** Resolves when the server has been away for five minutes of the client’s time. */
  awayForLong(): Promise<void>
  comeBack(): Promise<void>
}

/**
 * The server is away from the moment in which it did what a write asked for, `how` says in which way. Waits pass fast.
 */
async function scene(how: 'failing' | 'offline'): Promise<Scene> {
  const jira = await startJira({ synchronizations: 3, embedsStatus: true })
  const clock = fastClock(200)
  let awayFrom = Number.POSITIVE_INFINITY
  let isFailing = false
  const createTransport = changedAnswers(async ({ method }, response) => {
    if (method === 'GET') return isFailing ? { ...response, status: 503 } : response
    isFailing = how === 'failing'
    if (how === 'offline') await jira.goOffline()
    awayFrom = clock.elapsed()
    return { ...response, status: 504 }
  })
  const main = startMain({ clock, random: () => 0, taskPollMs: 1_000, createTransport })
  const serverId = await addServer(main, jira)
  await main.ask('synchronizations:refresh', { serverId })
  return {
    jira,
    main,
    ref: { serverId, key: 'INT-2' },
    awayForLong: () => until('five minutes pass', () => clock.elapsed() - awayFrom > 5 * 60_000, 15_000),
    comeBack: async () => {
      isFailing = false
      if (how === 'offline') await jira.start()
    },
  }
}

const side = (projectKey: string) => ({
  projectKey,
  baseUrl: 'https://a.example',
  user: 'backbone',
  password: 'canary',
})
const input = { summary: 'New', description: '', first: side('PA'), second: side('PB') }

/** Resolves with what is said of the write. */
const writes: readonly [string, (stage: Scene) => Promise<string>][] = [
  [
    'a creation',
    async ({ main, ref }) => {
      const { note } = await main.ask('synchronizations:create', { serverId: ref.serverId, input, isStarted: false })
      return said(note)
    },
  ],
  [
    'a deletion',
    async ({ main, ref }) => {
      await main.ask('synchronizations:delete', { ref, typedKey: ref.key })
      return 'It is gone.'
    },
  ],
]

describe.each(writes)('%s whose answer is lost because the server is restarted', (_what, write) => {
  it.each([
    ['fails', 'failing'],
    ['is not there', 'offline'],
  ] as const)('is found out although that %s for minutes', async (_how, how) => {
    const stage = await scene(how)
    const written = write(stage)
    await stage.awayForLong()
    await stage.comeBack()
    expect(await written).toMatch(/with the same name|gone/)
  })

  it.each(['failing', 'offline'] as const)('is unknown in the end where that is away for ever: %s', async (how) => {
    const stage = await scene(how)
    const written = write(stage).then(
      () => Promise.reject(new Error('It succeeded')),
      (error: { data: Spoken<AppErrorData> }) => error.data,
    )
    await stage.awayForLong()
    const { isOutcomeUnknown, message } = await written
    expect(isOutcomeUnknown).toBe(true)
    expect(message).toMatch(/could not be read afterwards/)
    expect(stage.jira.seen.filter(({ method }) => method !== 'GET')).toHaveLength(1)
  })
})
