import type { SyncPassword, WholeJob } from '../../src-contract/jobs.ts'
import { JiraNetwork, type JiraOptions, type SimulatedJira } from '../../src-simulator/index.ts'
import { account } from './jira-by-hand.ts'
import { jobStage, type JobStage } from './jobs.ts'
import { startJira } from './services.ts'

/** Servers whose synchronizations log in on a Jira that moves. */
export interface MovingStage extends JobStage {
  /** That Jira at both of its addresses. */
  readonly partners: readonly SimulatedJira[]
  readonly from: string
  readonly to: string
  /** How many log-ins failed, at either address. */
  readonly failed: () => number
}

/**
 * Two servers whose synchronizations log in as `backbone` and as `local` on a Jira that moves from one address to
 * another.
 */
export async function moving(options: JiraOptions & { servers?: number; each?: number } = {}): Promise<MovingStage> {
  const network = new JiraNetwork()
  const users = ['local', 'backbone'].map((name) => account(name, { role: 'none' }))
  const accounts = () => [account('admin'), ...users.map((user) => ({ ...user }))]
  const old = await startJira({ network, accounts: accounts() })
  const moved = await startJira({ network, accounts: accounts() })
  const stage = await jobStage({
    servers: 2,
    each: 3,
    network,
    ...options,
    prepare: ({ integration: { firstConnector, secondConnector }, syncPasswords }) => {
      const sides = secondConnector === undefined ? [firstConnector] : [secondConnector, firstConnector]
      for (const [at, connector] of sides.entries()) {
        const user = at === 0 ? 'backbone' : 'local'
        connector.connection.application = { baseUrl: old.baseUrl, user }
        syncPasswords.set(connector.connectorKey, user)
      }
    },
  })
  const failed = (): number =>
    [old, moved].flatMap((jira) => ['backbone', 'local'].map((user) => jira.failedLogIns(user))).reduce((a, b) => a + b)
  return { ...stage, partners: [old, moved], from: old.baseUrl, to: moved.baseUrl, failed }
}

/** Plans to replace a part of both sides' base URLs. */
export const planAddresses = ({ main, refs }: JobStage, find: string, by: string): Promise<WholeJob> =>
  main.ask('jobs:plan-addresses', {
    targets: [...refs],
    sides: ['first', 'second'],
    replacement: { find, by, isPattern: false },
  })

/** What the user types when the job asks for the passwords at the new address. */
export const typedFor = ({ to }: { to: string }, backbone = 'backbone'): SyncPassword[] => [
  { user: 'backbone', baseUrl: to, password: backbone },
  { user: 'local', baseUrl: to, password: 'local' },
]

/** The base URLs that the servers have. */
export const addressesOf = ({ jiras }: JobStage): Set<string> =>
  new Set(
    jiras.flatMap((jira) =>
      [...jira.api.entries.values()].flatMap(({ integration: { firstConnector, secondConnector } }) =>
        [firstConnector, ...(secondConnector === undefined ? [] : [secondConnector])].map(
          ({ connection }) => connection.application.baseUrl,
        ),
      ),
    ),
  )
