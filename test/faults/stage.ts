import { onTestFinished } from 'vitest'
import { createTransport, type Transport, type TransportOptions } from '../../src-main/http/transport.ts'
import { API_PATH } from '../../src-simulator/front-door.ts'
import { SimulatedJira, type JiraOptions } from '../../src-simulator/index.ts'
import { patience } from '../../tools/patience.ts'
import { until } from '../../tools/until.ts'
import { makeCertificate, type Certificate } from '../support/certificates.ts'
import { fastClock } from '../support/fast-clock.ts'
import { addServer, startJira, startMain, type TestMain, type TestMainOptions } from '../support/services.ts'

export const SECRET = 'admin-Pässw0rd-91c2'
/**
 * Linux has more than one loopback address: the many servers of these specs must not take the port of one that is
 * offline elsewhere.
 */
export const HOST = process.platform === 'linux' ? '127.0.0.2' : '127.0.0.1'
/** For what hangs, so that it is over soon; all else has the product's time, which no busy computer uses up. */
const HASTY_MS = {
  lookup: patience(5_000),
  connect: patience(5_000),
  secureConnect: patience(5_000),
  send: patience(5_000),
  response: patience(250),
  request: patience(900),
}
/** Kinds of faults that end with a time-out alone. */
export const HANGING: ReadonlySet<string> = new Set(['hang', 'hang-after', 'slow-headers', 'slow-body'])

export interface Stage {
  readonly main: TestMain
  readonly jira: SimulatedJira
  readonly ref: { readonly serverId: string; readonly key: string }
  readonly connectorKey: string
  /** Who answers at the server's address while a certificate is wrong; null while the server itself does. */
  impostor: SimulatedJira | null
}

let trusted: Promise<{ authority: Certificate; own: Certificate }> | null = null

/** One authority and one certificate of it, for all stages of a file: keys take long to make. */
export function certificates(): Promise<{ authority: Certificate; own: Certificate }> {
  trusted ??= (async () => {
    const authority = await makeCertificate('Company CA')
    return { authority, own: await makeCertificate(HOST, { authority }) }
  })()
  return trusted
}

/**
 * A main process that has read a server with three synchronizations; INT-2 is whole, with links and conflicts. Waits
 * pass fast. `hastyAt`: where readings under way may be met by a fault that hangs.
 */
export async function openStage({
  isTls = false,
  hastyAt = null,
  jira: jiraOptions = {},
  main: mainOptions = {},
}: { isTls?: boolean; hastyAt?: string | null; jira?: JiraOptions; main?: TestMainOptions } = {}): Promise<Stage> {
  const { authority, own } = isTls ? await certificates() : { authority: null, own: null }
  const accounts = [
    { name: 'admin', password: SECRET, tokens: [], role: 'system-administrator' as const, projects: [] },
  ]
  const jira = await startJira({
    host: HOST,
    synchronizations: 3,
    seed: 3,
    embedsStatus: true,
    accounts,
    ...(own && { tls: own }),
    ...jiraOptions,
  })
  const main = startMain({
    clock: fastClock(60),
    random: () => 0,
    taskPollMs: 100,
    createTransport: (options) => hastyWhereItHangs(jira, hastyAt, options),
    ...mainOptions,
  })
  const serverId = await addServer(main, jira, { secret: SECRET, caPem: authority?.cert ?? '' })
  // Others that share the processor may use up the short time of a reading.
  await until('the server is read', async () => {
    await main.ask('synchronizations:refresh', { serverId })
    return (await main.rows()).length === 3
  })
  return {
    main,
    jira,
    ref: { serverId, key: 'INT-2' },
    connectorKey: jira.entry('INT-2').integration.firstConnector.connectorKey,
    impostor: null,
  }
}

/** Gives up early on what the server is about to leave hanging, and on readings at `hastyAt`. */
function hastyWhereItHangs(jira: SimulatedJira, hastyAt: string | null, options: TransportOptions): Transport {
  const patient = createTransport(options)
  const hasty = createTransport({ ...options, timeoutsMs: HASTY_MS })
  return {
    send: (request) => {
      const path = request.url.pathname.replace(API_PATH, '')
      const fault = jira.faults.next(request.method, path)
      const isHasty = fault !== null && HANGING.has(fault.kind)
      const isAt = hastyAt !== null && request.method === 'GET' && path.startsWith(hastyAt)
      return (isHasty || isAt ? hasty : patient).send(request)
    },
    close: () => {
      patient.close()
      hasty.close()
    },
  }
}

/** Puts another server with this certificate at the address. */
export async function replaceServer(stage: Stage, certificate: Certificate): Promise<void> {
  await stage.jira.goOffline()
  stage.impostor = await new SimulatedJira({
    host: HOST,
    tls: certificate,
    port: Number(new URL(stage.jira.baseUrl).port),
  }).start()
  onTestFinished(() => stage.impostor?.stop())
}

/** Removes every fault, as an administrator of that server would, and opens the gate as the user does if it closed. */
export async function mend({ jira, main, ref, impostor }: Stage): Promise<void> {
  jira.faults.clear()
  // The user asks again, even for what was refused for its size a moment ago.
  main.services.connections.get(ref.serverId).api.retryRefused()
  await impostor?.stop()
  await jira.start().catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error
  })
  const isBlocked = async (): Promise<boolean> => (await main.ask('servers:list', {}))[0]?.access.state === 'blocked'
  if (!(await isBlocked())) return
  await until('the user may test once', async () => {
    await main.ask('servers:try-once', { serverId: ref.serverId }).catch(() => undefined)
    return !(await isBlocked())
  })
}
