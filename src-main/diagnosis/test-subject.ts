import type { ServerId } from '#contract/ids.ts'
import { message } from '#contract/messages/message.ts'
import type { CredentialInput, CredentialKind } from '#contract/credentials.ts'
import type { TestInput } from '#contract/servers.ts'
import { AppError } from '../errors/app-error.ts'
import type { Account } from '../http/account.ts'
import type { AuthGate } from '../http/auth-gate.ts'
import type { Credential } from '../http/credential.ts'
import type { StoredServer } from '../storage/server-table.ts'
import { inspectAddress } from '../servers/address.ts'
import type { Connection, Connections } from '../servers/connections.ts'
import { serversOf } from '../servers/identity.ts'
import { describeConnection, type Connectable, type ServerRegistry } from '../servers/server-registry.ts'

/** How the log-in of a test is made. */
export type LogIn =
  | { readonly by: 'nothing'; readonly why: AppError }
  /** Through the saved server's own connection, with its stored credential. */
  | {
      readonly by: 'connection'
      readonly kind: CredentialKind
      readonly user: string
      readonly isCurrent: IsCurrent
    }
  /**
   * Through a client of the test's own. `gateAt`: the gate of the saved server whose stored credential this is, at the
   * Jira that it is stored for; null for one just typed. `accountAt`: its account at a Jira. Another Jira on the same
   * host counts separately, and says nothing about the saved one.
   */
  | {
      readonly by: 'credential'
      readonly credential: Credential
      readonly gateAt: (baseUrl: string) => AuthGate | null
      readonly accountAt: (baseUrl: string) => Account
      readonly isCurrent: IsCurrent
    }

/**
 * Whether a saved server is still what the test began with. It may be changed while the test runs, and the test's
 * findings would then be about something else.
 */
type IsCurrent = () => boolean

/** The server is no longer what the test began with, so nothing is tried. */
export function changedMeanwhile(): AppError {
  return new AppError('auth.missing', message('diagnosis.notTried.changed'), {
    advice: message('diagnosis.notTried.again'),
  })
}

/** The subject of a connection test. */
export interface TestSubject {
  readonly baseUrl: string
  /** Longer base URLs that the typed address may mean. */
  readonly candidates: readonly string[]
  readonly apiPath: string
  readonly caPem: string
  readonly projectKeys: readonly string[]
  readonly logIn: LogIn
  /**
   * What the server may have been sent, now or earlier, and so may repeat: the typed credential, the stored one. Never
   * rejects.
   */
  readonly heard: () => Promise<readonly Credential[]>
  /** The connection of a saved server that is tested unchanged; its limits also apply to the test. */
  readonly connection: (() => Connection) | null
  /** The user wants the log-in even though what answered was not recognised. */
  readonly isLogInForced: boolean
}

/** A test, and the saved server whose stored credential it uses; null for none. */
export interface PreparedTest {
  readonly subject: TestSubject
  readonly server: StoredServer | null
}

type Described = Omit<TestSubject, 'logIn' | 'connection' | 'heard'>

/** Collects what is tested, and whose gate applies. */
export class TestSubjects {
  readonly #registry: Pick<ServerRegistry, 'all' | 'find'>
  readonly #connections: Pick<
    Connections,
    'get' | 'gate' | 'account' | 'typedAccount' | 'credential' | 'usedCredential'
  >

  constructor(
    registry: Pick<ServerRegistry, 'all' | 'find'>,
    connections: Pick<Connections, 'get' | 'gate' | 'account' | 'typedAccount' | 'credential' | 'usedCredential'>,
  ) {
    this.#registry = registry
    this.#connections = connections
  }

  /** A saved server, unchanged. */
  ofServer(server: StoredServer, withLogIn: boolean, isLogInForced: boolean): PreparedTest {
    const { baseUrl, apiPath, caPem, projectKeys } = server
    const described = { baseUrl, candidates: [], apiPath, caPem, projectKeys, isLogInForced }
    if (!withLogIn)
      return this.#unchanged(server, described, {
        by: 'nothing',
        why: new AppError('auth.missing', message('diagnosis.notTried.chosen')),
      })
    if (server.credential === null)
      return this.#unchanged(server, described, {
        by: 'nothing',
        why: new AppError('auth.missing', message('diagnosis.notTried.noCredentials'), {
          advice: message('diagnosis.notTried.enter'),
        }),
      })
    return this.#unchanged(server, described, this.#byConnection(server, server.credential))
  }

  /**
   * The content of a form, with the typed credential or else the stored one of that origin. If the typed credential is
   * the stored one, the same gate applies. Throws `input.invalid` with a message per field.
   */
  async ofInput(
    input: TestInput,
    serverId: ServerId | null,
    typed: CredentialInput | null,
    isLogInForced: boolean,
  ): Promise<PreparedTest> {
    const edited = serverId === null ? null : this.#registry.find(serverId)
    const connectable = describeConnection(input, edited?.baseUrl)
    const { candidates } = inspectAddress(
      input.address,
      input.isAddressExact === true || connectable.baseUrl === edited?.baseUrl,
    )
    const described = { ...connectable, candidates, isLogInForced }
    const server = typed === null ? edited : await this.#serverWith(connectable, typed, edited)
    if (
      server === null ||
      server.credential === null ||
      new URL(server.baseUrl).origin !== new URL(connectable.baseUrl).origin
    ) {
      const logIn: LogIn =
        typed === null
          ? { by: 'nothing', why: new AppError('auth.missing', message('diagnosis.notTried.enterFirst')) }
          : {
              by: 'credential',
              credential: typed,
              gateAt: () => null,
              isCurrent: () => true,
              accountAt: (baseUrl) => this.#connections.typedAccount({ ...typed, baseUrl }),
            }
      return {
        subject: { ...described, logIn, connection: null, heard: () => this.#heard(typed, edited) },
        server: null,
      }
    }
    if (candidates.length === 0 && isSame(connectable, server))
      return this.#unchanged(server, described, this.#byConnection(server, server.credential))
    try {
      const credential = await this.#connections.credential(server)
      const { id, baseUrl } = server
      const logIn: LogIn = {
        by: 'credential',
        credential,
        gateAt: (at) => (at === baseUrl ? this.#connections.gate(id) : null),
        isCurrent: () => {
          const now = this.#registry.find(id)
          return now !== null && now.credentialVersion === server.credentialVersion && now.baseUrl === baseUrl
        },
        accountAt: (at) =>
          at === baseUrl
            ? this.#connections.account(id)
            : this.#connections.typedAccount({ ...credential, baseUrl: at }),
      }
      return {
        subject: { ...described, logIn, connection: null, heard: () => this.#heard(credential, edited) },
        server,
      }
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      return {
        subject: {
          ...described,
          logIn: { by: 'nothing', why: error.code === 'net.aborted' ? changedMeanwhile() : error },
          connection: null,
          heard: () => this.#heard(typed, edited),
        },
        server: null,
      }
    }
  }

  #byConnection(server: StoredServer, { kind, user }: NonNullable<StoredServer['credential']>): LogIn {
    const isCurrent = (): boolean => {
      const now = this.#registry.find(server.id)
      return now !== null && now.credentialVersion === server.credentialVersion && isSame(now, server)
    }
    return { by: 'connection', kind, user, isCurrent }
  }

  #unchanged(server: StoredServer, described: Described, logIn: LogIn): PreparedTest {
    const heard = async (): Promise<readonly Credential[]> =>
      // The credential for the log-in is read from the keychain in any case.
      logIn.by === 'connection'
        ? this.#heard(await this.#connections.credential(server).catch(() => null), null)
        : this.#heard(null, server)
    return {
      subject: { ...described, logIn, heard, connection: () => this.#connections.get(server.id) },
      server: logIn.by === 'nothing' ? null : server,
    }
  }

  /** A credential to be used, and any earlier one of a saved server. */
  async #heard(used: Credential | null, server: StoredServer | null): Promise<readonly Credential[]> {
    const earlier = server === null ? null : await this.#connections.usedCredential(server)
    return [used, earlier].filter((credential) => credential !== null)
  }

  /** The saved server whose stored credential was typed again; null for none. */
  async #serverWith(
    { baseUrl }: Connectable,
    typed: CredentialInput,
    edited: StoredServer | null,
  ): Promise<StoredServer | null> {
    for (const server of serversOf({ baseUrl, ...typed }, this.#registry).toSorted(
      (a, b) => Number(b.id === edited?.id) - Number(a.id === edited?.id),
    )) {
      // If a keychain does not answer, this stays undecided; the attempts still come one by one.
      const stored = await this.#connections.credential(server).catch(() => null)
      if (stored?.secret === typed.secret) return server
    }
    return null
  }
}

function isSame(connectable: Connectable, server: StoredServer): boolean {
  const { baseUrl, apiPath, caPem, projectKeys } = connectable
  return (
    baseUrl === server.baseUrl &&
    apiPath === server.apiPath &&
    caPem === server.caPem &&
    projectKeys.join() === server.projectKeys.join()
  )
}
