import type { diagnosisRequests, TestStep } from '#contract/diagnosis.ts'
import type { ServerId } from '#contract/ids.ts'
import type { Server } from '#contract/servers.ts'
import type { EventHub } from '../ipc/event-hub.ts'
import type { HandlersOf } from '../ipc/answer-request.ts'
import type { TrustGuard } from '../security/trust-guard.ts'
import { inspectAddress } from '../servers/address.ts'
import type { ConnectionLog } from '../servers/connection-log.ts'
import type { Connections } from '../servers/connections.ts'
import { serversOf } from '../servers/identity.ts'
import type { ServerRegistry } from '../servers/server-registry.ts'
import type { StoredServer } from '../storage/server-table.ts'
import type { ConnectionTest } from './connection-test.ts'
import { TestOfAll } from './test-of-all.ts'
import type { PreparedTest, TestSubjects } from './test-subject.ts'

interface Parts {
  readonly registry: Pick<ServerRegistry, 'all' | 'get' | 'find'>
  readonly views: { viewOf(server: StoredServer): Server }
  readonly connections: Pick<Connections, 'gate'>
  readonly connectionTest: Pick<ConnectionTest, 'locate' | 'run'>
  readonly testSubjects: Pick<TestSubjects, 'ofInput' | 'ofServer'>
  readonly connectionLog: Pick<ConnectionLog, 'attemptsOf'>
  readonly trust: Pick<TrustGuard, 'authorities'>
  readonly events: Pick<EventHub, 'emit'>
  readonly monitor: { refreshNow(serverId: ServerId): Promise<void> }
  readonly supportBundle: (isAnonymous: boolean) => Promise<string>
  readonly saveFile: (name: string, text: string) => Promise<string | null>
}

/** Handles requests about the connection test and the support bundle. */
export function diagnosisHandlers(parts: Parts): HandlersOf<typeof diagnosisRequests> {
  const { registry, connections, connectionTest, testSubjects, connectionLog, trust, supportBundle, saveFile } = parts
  const testOfAll = new TestOfAll({
    find: (id) => {
      const server = registry.find(id)
      return server === null ? null : parts.views.viewOf(server)
    },
    closedAt: ({ id, baseUrl, credential }) => {
      const own = registry.find(id)
      if (own === null || credential === null || connections.gate(id).access.state === 'blocked') return own
      // Only Jira knows whose a token is, and a refused one counts against nobody.
      if (credential.kind === 'token') return null
      const others = serversOf({ baseUrl, ...credential }, registry)
      return others.find((other) => connections.gate(other.id).block !== null) ?? null
    },
    diagnose: (id, withLogIn) => runTest(parts, testSubjects.ofServer(registry.get(id), withLogIn, false)),
  })
  const runReported = (testId: string, prepared: PreparedTest): Promise<TestStep[]> =>
    runTest(parts, prepared, (step) => parts.events.emit('servers:test-step', { testId, step }))
  return {
    'servers:inspect-address': ({ address, isExact, askTrusting }) => {
      const inspection = inspectAddress(address, isExact)
      return askTrusting === undefined ? inspection : connectionTest.locate(inspection, askTrusting)
    },
    'servers:test': async ({ testId, input, serverId, credential, isLogInForced = false }) => {
      const saved = serverId === null ? null : registry.find(serverId)
      if (saved !== null && credential === null) await trust.authorities(saved, input.caPem)
      return runReported(testId, await testSubjects.ofInput(input, serverId, credential, isLogInForced))
    },
    'servers:diagnose': ({ testId, serverId, withLogIn, isLogInForced = false }) =>
      runReported(testId, testSubjects.ofServer(registry.get(serverId), withLogIn, isLogInForced)),
    'servers:test-all': ({ testId, serverIds }) =>
      testOfAll.run(serverIds, (tested) => parts.events.emit('servers:tested', { testId, tested })),
    'servers:stop-test': () => testOfAll.stop(),
    'servers:connections': ({ serverId }) => connectionLog.attemptsOf(serverId),
    'support:bundle': async ({ isAnonymous }) => ({ text: await supportBundle(isAnonymous) }),
    'support:save': async ({ text }) => ({ path: await saveFile('syncdeck-support.txt', text) }),
  }
}

/** Runs a connection test. One with a stored credential may have opened that server's gate. */
async function runTest(
  { connectionTest, connections, monitor }: Parts,
  { subject, server }: PreparedTest,
  onStep: (step: TestStep) => void = () => undefined,
): Promise<TestStep[]> {
  const steps = await connectionTest.run(subject, onStep)
  if (server !== null && connections.gate(server.id).access.state === 'ok') void monitor.refreshNow(server.id)
  return steps
}
