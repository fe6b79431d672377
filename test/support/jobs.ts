import { addresseeOf, type StepName, type WholeJob } from '../../src-contract/jobs.ts'
import type { SynchronizationRef } from '../../src-contract/synchronizations.ts'
import type { Entry, JiraOptions, SimulatedJira } from '../../src-simulator/index.ts'
import { until } from '../../tools/until.ts'
import { addServer, startJira, startMain, type TestMain } from './services.ts'

/** Servers of which each has synchronizations that run; the last of each is stopped. */
export interface JobStage {
  readonly jiras: readonly SimulatedJira[]
  main: TestMain
  readonly serverIds: readonly string[]
  /** All synchronizations, by server. */
  readonly refs: readonly SynchronizationRef[]
}

export async function jobStage(
  {
    servers = 2,
    each = 4,
    prepare = () => undefined,
    ...options
  }: JiraOptions & {
    servers?: number
    each?: number
    /** Called for each synchronization before it is read for the first time. */
    prepare?: (entry: Entry) => void
  } = {},
  mainOptions: Parameters<typeof startMain>[0] = {},
): Promise<JobStage> {
  const main = startMain(mainOptions)
  const jiras: SimulatedJira[] = []
  const serverIds: string[] = []
  for (let index = 0; index < servers; index += 1) {
    const jira = await startJira({ synchronizations: each, embedsStatus: true, seed: index + 1, ...options })
    const entries = [...jira.api.entries.values()]
    for (const [at, entry] of entries.entries()) {
      setState(entry.status, at < each - 1 ? 'RUNNING' : 'STOPPED')
      prepare(entry)
    }
    jiras.push(jira)
    serverIds.push(await addServer(main, jira, { name: `Server ${index + 1}` }))
    await main.ask('synchronizations:refresh', { serverId: serverIds[index] ?? '' })
  }
  const refs = jiras.flatMap((jira, index) =>
    [...jira.api.entries.keys()].map((key) => ({ serverId: serverIds[index] ?? '', key })),
  )
  return { jiras, main, serverIds, refs }
}

function setState(status: Entry['status'], word: string): void {
  const sides = [status.firstConnector, status.secondConnector].filter((side) => side !== undefined)
  status.status = word
  for (const side of sides)
    Object.assign(side, { online: true, reconnecting: false, incomingDetails: '', issuesInError: 0 })
}

/** Every write that the servers saw, as `PUT /integrations/INT-2/stop`, by server. */
export function writesOf({ jiras }: Pick<JobStage, 'jiras'>): string[][] {
  return jiras.map((jira) =>
    jira
      .requestsTo('/integrations')
      .filter(({ method }) => method !== 'GET')
      .map(({ method, path }) => `${method} ${path}`),
  )
}

/** Forgets them, so that later ones are seen alone. */
export function forgetWrites({ jiras }: Pick<JobStage, 'jiras'>): void {
  for (const jira of jiras) jira.seen.length = 0
}

const METHODS: Readonly<Partial<Record<StepName, string>>> = { delete: 'DELETE', create: 'POST' }

/** What a job lists as the requests that are sent in any case, by server. */
export function listedBy(job: WholeJob, serverIds: readonly string[]): string[][] {
  return serverIds.map((id) =>
    job.targets
      .filter((target) => addresseeOf(target).serverId === id)
      .flatMap(({ steps }) =>
        steps.filter((step) => !step.isOnlyIfRefused).map(({ name, path }) => `${METHODS[name] ?? 'PUT'} ${path}`),
      ),
  )
}

export const wordsOf = ({ jiras }: Pick<JobStage, 'jiras'>): string[][] =>
  jiras.map((jira) => [...jira.api.entries.values()].map(({ status }) => status.status))

/** Waits until a job is in this state, and answers with it. */
export async function whenJobIs(main: TestMain, id: string, state: WholeJob['state']): Promise<WholeJob> {
  let job: WholeJob | null = null
  await until(`the job is ${state}`, async () => {
    job = await main.ask('jobs:get', { id })
    return job.state === state
  })
  return job as unknown as WholeJob
}

/** Ends a main process and starts another on its folder. */
export async function restart(stage: JobStage, options: Parameters<typeof startMain>[0] = {}): Promise<void> {
  const { folder, keychain } = stage.main
  await stage.main.close()
  stage.main = startMain({ folder, keychain, ...options })
  stage.main.services.resume()
}
