import type { ServerId } from '#contract/ids.ts'
import type { CredentialStore } from '../secrets/credential-store.ts'
import type { ServerRegistry } from './server-registry.ts'

type Running = Awaited<ReturnType<(typeof import('../../src-simulator/index.ts'))['startDemo']>>
type Jira = Running['servers'][number]['jira']

const SEED = 20

/**
 * The simulated servers of the demonstration. They run inside Syncdeck while the demonstration lasts, and are marked as
 * such in the list; their passwords are kept in memory.
 */
export class DemoServers {
  readonly #registry: Pick<ServerRegistry, 'all' | 'add' | 'remove' | 'prepare'>
  readonly #credentials: Pick<CredentialStore, 'set'>
  readonly #remember: (serverId: ServerId, jira: Pick<Jira, 'past'>) => Promise<void>
  #running: Running | null = null

  /** `remember` takes over the days before the demonstration, as if they had been watched. */
  constructor(
    registry: Pick<ServerRegistry, 'all' | 'add' | 'remove' | 'prepare'>,
    credentials: Pick<CredentialStore, 'set'>,
    remember: (serverId: ServerId, jira: Pick<Jira, 'past'>) => Promise<void>,
  ) {
    this.#registry = registry
    this.#credentials = credentials
    this.#remember = remember
  }

  get isRunning(): boolean {
    return this.#running !== null
  }

  async start(): Promise<void> {
    if (this.#running !== null) return
    const { startDemo } = await import('../../src-simulator/index.ts')
    this.#running = await startDemo({ seed: SEED, isDrifting: true })
    for (const { name, environment, jira, user, password } of this.#running.servers) {
      const server = this.#registry.prepare(
        { name, address: jira.baseUrl, apiPath: '', environment, projectKeys: [], caPem: '', allowPlainHttp: true },
        true,
      )
      await this.#credentials.set(server.id, password, 'session')
      this.#registry.add(server, { kind: 'basic', user, kept: 'session' })
      await this.#remember(server.id, jira)
    }
  }

  /** Removes and stops the demo servers. Also cleans up after a crash. */
  async leave(): Promise<void> {
    for (const { id, isDemo } of this.#registry.all()) if (isDemo) this.#registry.remove(id)
    await this.stop()
  }

  async stop(): Promise<void> {
    const running = this.#running
    this.#running = null
    await running?.stop()
  }
}
