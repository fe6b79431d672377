import type { diagnosisRequests } from '#contract/diagnosis.ts'
import type { TestStep } from '#contract/servers.ts'
import type { EventHub } from '../ipc/event-hub.ts'
import type { HandlersOf } from '../ipc/answer-request.ts'
import type { TrustGuard } from '../security/trust-guard.ts'
import { inspectAddress } from '../servers/address.ts'
import type { ConnectionLog } from '../servers/connection-log.ts'
import type { Connections } from '../servers/connections.ts'
import type { ServerRegistry } from '../servers/server-registry.ts'
import type { ConnectionTest } from './connection-test.ts'
import type { PreparedTest, TestSubjects } from './test-subject.ts'

interface Parts {
  readonly registry: Pick<ServerRegistry, 'get' | 'find'>
  readonly connections: Pick<Connections, 'gate'>
  readonly connectionTest: Pick<ConnectionTest, 'locate' | 'run'>
  readonly testSubjects: Pick<TestSubjects, 'ofInput' | 'ofServer'>
  readonly connectionLog: Pick<ConnectionLog, 'attemptsOf'>
  readonly trust: Pick<TrustGuard, 'authorities'>
  readonly events: Pick<EventHub, 'emit'>
  readonly monitor: { refreshNow(serverId: string): Promise<void> }
  readonly supportBundle: (isAnonymous: boolean) => string
  readonly saveFile: (name: string, text: string) => Promise<string | null>
}

/** Answers what is asked about the connection test and the support bundle. */
export function diagnosisHandlers(parts: Parts): HandlersOf<typeof diagnosisRequests> {
  const { registry, connectionTest, testSubjects, connectionLog, trust, supportBundle, saveFile } = parts
  return {
    'servers:inspect-address': ({ address, isExact, askTrusting }) => {
      const inspection = inspectAddress(address, isExact)
      return askTrusting === undefined ? inspection : connectionTest.locate(inspection, askTrusting)
    },
    'servers:test': async ({ testId, input, serverId, credential, isLogInForced = false }) => {
      const saved = serverId === null ? null : registry.find(serverId)
      if (saved !== null && credential === null) await trust.authorities(saved, input.caPem)
      return runTest(parts, testId, await testSubjects.ofInput(input, serverId, credential, isLogInForced))
    },
    'servers:diagnose': ({ testId, serverId, withLogIn, isLogInForced = false }) =>
      runTest(parts, testId, testSubjects.ofServer(registry.get(serverId), withLogIn, isLogInForced)),
    'servers:connections': ({ serverId }) => connectionLog.attemptsOf(serverId),
    'support:bundle': ({ isAnonymous }) => ({ text: supportBundle(isAnonymous) }),
    'support:save': async ({ text }) => ({ path: await saveFile('syncdeck-support.txt', text) }),
  }
}

/** Runs a connection test and reports each step. One with a stored credential may have opened that server's gate. */
async function runTest(
  { connectionTest, events, connections, monitor }: Parts,
  testId: string,
  { subject, server }: PreparedTest,
): Promise<TestStep[]> {
  const steps = await connectionTest.run(subject, (step) => events.emit('servers:test-step', { testId, step }))
  if (server !== null && connections.gate(server.id).access.state === 'ok') void monitor.refreshNow(server.id)
  return steps
}
