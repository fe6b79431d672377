import type { CredentialInput } from '../../src-contract/credentials.ts'
import type { TestStep } from '../../src-contract/diagnosis.ts'
import type { TestInput } from '../../src-contract/servers.ts'
import type { SimulatedJira } from '../../src-simulator/index.ts'
import { serverInput, type TestMain } from './services.ts'
import { spoken } from './said.ts'

export const ADMIN: CredentialInput = { kind: 'basic', user: 'admin', secret: 'admin' }
export const WRONG: CredentialInput = { ...ADMIN, secret: 'wrong' }
export const TOKEN: CredentialInput = { kind: 'token', user: '', secret: 'admin-token' }

export interface ConnectionTestOrder {
  readonly credential?: CredentialInput | null
  readonly input?: Partial<TestInput>
  readonly serverId?: string
  readonly isLogInForced?: boolean
}

/** Tests the connection to a simulated Jira as the dialog does. */
export async function testConnection(
  main: TestMain,
  jira: SimulatedJira,
  { credential = ADMIN, input = {}, serverId, isLogInForced = false }: ConnectionTestOrder = {},
) {
  const { name: _name, environment: _environment, ...entered } = serverInput(jira, input)
  const steps = await main.ask('servers:test', {
    testId: 't',
    input: entered,
    serverId: serverId ?? null,
    credential,
    isLogInForced,
  })
  return {
    verdicts: verdictsOf(steps),
    step: (name: TestStep['step']) => spoken(steps.find(({ step }) => step === name)),
  }
}

export function verdictsOf(steps: readonly Pick<TestStep, 'step' | 'verdict'>[]): Record<string, string> {
  return Object.fromEntries(steps.map(({ step, verdict }) => [step, verdict]))
}

/** How many requests carried a credential, in the header or to the session resource; a session's cookie is not one. */
export function withCredential(jira: SimulatedJira): number {
  const inHeaders = jira.seen.filter(({ by }) => by === 'password' || by === 'token')
  return inHeaders.length + jira.requestsTo('/rest/auth/1/session', 'POST').length
}
