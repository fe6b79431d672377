import type { WatchedRef } from '#contract/monitoring.ts'
import type { Noted } from '#contract/noted.ts'
import type { CredentialInfo } from '#contract/credentials.ts'
import type { Server } from '#contract/servers.ts'
import type { CredentialStore } from '../secrets/credential-store.ts'
import type { CopyGuard } from '../copy-guard/copy-guard.ts'
import type { StoredServer } from '../storage/server-table.ts'
import type { SynchronizationDirectory } from '../synchronizations/synchronization-directory.ts'
import type { Certificates } from '../servers/certificates.ts'
import type { Connections } from '../servers/connections.ts'
import type { Reachability } from '../servers/reachability.ts'
import type { ServerRegistry } from '../servers/server-registry.ts'

export interface ServerViewsParts {
  readonly registry: Pick<ServerRegistry, 'all'>
  readonly connections: Pick<Connections, 'gate' | 'session' | 'rateLimit'>
  readonly credentials: Pick<CredentialStore, 'isInMemory'>
  readonly reachability: Pick<Reachability, 'get'>
  readonly certificates: Pick<Certificates, 'of'>
  readonly directory: Pick<SynchronizationDirectory, 'count'>
  readonly copyGuard: Pick<CopyGuard, 'of'>
  /** The user's notes about a server. */
  readonly notes: { readonly of: (ref: WatchedRef) => Noted }
  /** Syncdeck was started with `--read-only`. */
  readonly isReadOnly: boolean
}

/** The servers as the renderer sees them: what the user entered, and what is known about each. Contains no secret. */
export class ServerViews {
  readonly #parts: ServerViewsParts

  constructor(parts: ServerViewsParts) {
    this.#parts = parts
  }

  all(): Server[] {
    return this.#parts.registry.all().map((server) => this.viewOf(server))
  }

  viewOf(server: StoredServer): Server {
    const { registry, connections, reachability, certificates, directory, notes, copyGuard } = this.#parts
    const guard = copyGuard.of(server.id)
    const {
      id,
      name,
      baseUrl,
      apiPath,
      environment,
      projectKeys,
      caPem,
      allowPlainHttp,
      isDemo,
      isPaused,
      isReadOnly,
      credential,
    } = server
    return {
      id,
      name,
      baseUrl,
      apiPath,
      environment,
      projectKeys: [...projectKeys],
      caPem,
      allowPlainHttp,
      isDemo,
      isPaused,
      isReadOnly: isReadOnly || this.#parts.isReadOnly,
      ...(guard !== null && { copyGuard: guard }),
      sharesAddress: registry.all().some((other) => other.id !== id && other.baseUrl === baseUrl),
      credential: this.#credential(server),
      access: connections.gate(id).access,
      sessionless: credential?.kind === 'basic' ? connections.session(id).sessionless : null,
      isSessionKept: credential?.kind === 'basic' && connections.session(id).isKept,
      reach: reachability.get(id),
      rateLimit: connections.rateLimit(id),
      certificates: certificates.of(server),
      synchronizationCount: directory.count(id),
      ...notes.of({ serverId: id, key: null }),
    }
  }

  #credential({ id, credential }: StoredServer): CredentialInfo | null {
    if (credential === null) return null
    const { kind, user, kept } = credential
    const isLost = kept === 'session' && !this.#parts.credentials.isInMemory(id)
    return { kind, user, kept: isLost ? 'missing' : kept }
  }
}
