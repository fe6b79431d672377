import type { SyncPassword, WholeJob } from '../../src-contract/jobs.ts'
import { JiraNetwork, type JiraOptions, type SimulatedJira } from '../../src-simulator/index.ts'
import { account } from './jira-by-hand.ts'
import { jobStage, whenJobIs, type JobStage } from './jobs.ts'
import { addServer, startJira } from './services.ts'

/** What the user changes the password of `backbone` to. */
export const NEW = 'Neues "Pässw0rd" & <mehr>'

/** `isKnown`: the partner's Jira is a server of the list. */
export type RotationOptions = JiraOptions & {
  readonly isKnown?: boolean
  readonly servers?: number
  readonly each?: number
}

export interface RotationStage extends JobStage {
  /** The Jira on which `backbone` is to get a new password. */
  readonly partner: SimulatedJira
}

/** Two servers, of which each synchronization logs in as `local` on one Jira, and as `backbone` on the partner's. */
export async function rotationStage({ isKnown = true, ...options }: RotationOptions = {}): Promise<RotationStage> {
  const network = new JiraNetwork()
  const users = ['local', 'backbone'].map((name) => account(name, { role: 'none' }))
  const partner = await startJira({ network, accounts: [account('admin'), ...users] })
  const stage = await jobStage({
    network,
    ...options,
    prepare: ({ integration, syncPasswords }) => {
      const { firstConnector, secondConnector } = integration
      const sides = secondConnector === undefined ? [firstConnector] : [secondConnector, firstConnector]
      for (const [at, connector] of sides.entries()) {
        const user = at === 0 ? 'backbone' : 'local'
        connector.connection.application = { baseUrl: partner.baseUrl, user }
        syncPasswords.set(connector.connectorKey, user)
      }
    },
  })
  // A log-in is sent over plain HTTP only if that was allowed for the address.
  if (isKnown) await addServer(stage.main, partner, { name: 'Partner' })
  return { ...stage, partner }
}

export const plan = ({ main, partner }: RotationStage): Promise<WholeJob> =>
  main.ask('jobs:plan-password', { user: 'Backbone', baseUrls: [`${partner.baseUrl}/`] })

/** What the user types when the job asks for it. */
export const typed = ({ partner: { baseUrl } }: RotationStage, password = NEW, local = 'local'): SyncPassword[] => [
  { user: 'backbone', baseUrl, password },
  { user: 'local', baseUrl, password: local },
]

/** Plans and begins, and changes the password in Jira when the job says that it is time. */
export async function changed(stage: RotationStage): Promise<WholeJob> {
  const { id } = await plan(stage)
  await stage.main.ask('jobs:begin', { id })
  const halted = await whenJobIs(stage.main, id, 'paused')
  stage.partner.logIn.account('backbone').password = NEW
  return halted
}

/** The passwords of `backbone` that the servers hold. */
export const passwordsOf = ({ jiras }: JobStage): Set<string | undefined> =>
  new Set(
    jiras.flatMap((jira) =>
      [...jira.api.entries.values()].map(({ integration: { firstConnector, secondConnector }, syncPasswords }) =>
        syncPasswords.get((secondConnector ?? firstConnector).connectorKey),
      ),
    ),
  )
