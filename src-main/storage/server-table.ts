import type { DatabaseSync } from 'node:sqlite'
import type { ServerId } from '#contract/ids.ts'
import type { BlockReason, CredentialKind, SessionlessReason } from '#contract/credentials.ts'
import type { Environment } from '#contract/servers.ts'
import { inTransaction } from './migrate.ts'

/** A server as stored; times are epoch ms. */
export interface StoredServer {
  readonly id: ServerId
  readonly name: string
  readonly baseUrl: string
  readonly apiPath: string
  readonly environment: Environment
  readonly projectKeys: readonly string[]
  readonly caPem: string
  readonly allowPlainHttp: boolean
  readonly isDemo: boolean
  readonly isPaused: boolean
  readonly isReadOnly: boolean
  /** The verb that this server's version accepts for start and stop; null until one has worked. */
  readonly startVerb: 'PUT' | 'POST' | null
  /** The server works without sessions: since when and why; null if it works with them, or that is not known. */
  readonly sessionless: { readonly since: number; readonly reason: SessionlessReason } | null
  readonly credential: StoredCredential | null
  /** Rises with every change of the credential; a stored block is tied to it. */
  readonly credentialVersion: number
}

export interface StoredCredential {
  readonly kind: CredentialKind
  readonly user: string
  readonly kept: 'keychain' | 'session'
}

export interface StoredBlock {
  readonly reason: BlockReason
  readonly since: number
  readonly attempts: number
  readonly lastAttemptAt: number
  readonly loginUrl: string | null
}

interface ServerRow {
  id: ServerId
  name: string
  base_url: string
  api_path: string
  environment: Environment
  project_keys: string
  ca_pem: string
  allow_plain_http: number
  is_demo: number
  is_paused: number
  is_read_only: number
  start_verb: 'PUT' | 'POST' | null
  sessionless_since: number | null
  sessionless_reason: SessionlessReason | null
  credential_kind: CredentialKind | null
  credential_user: string | null
  credential_kept: 'keychain' | 'session' | null
  credential_version: number
}

/** Servers and their blocks in `state.db`. */
export class ServerTable {
  readonly #database: DatabaseSync

  constructor(database: DatabaseSync) {
    this.#database = database
  }

  /** All servers in the user's order. */
  all(): StoredServer[] {
    return (this.#database.prepare('SELECT * FROM server ORDER BY position, id').all() as unknown as ServerRow[]).map(
      fromRow,
    )
  }

  /** Adds the server at the end, or replaces what is stored under its id, keeping its place. */
  put(server: StoredServer): void {
    this.#database
      .prepare(
        `INSERT INTO server (id, position, name, base_url, api_path, environment, project_keys, ca_pem, allow_plain_http,
           is_demo, is_paused, is_read_only, start_verb, sessionless_since, sessionless_reason, credential_kind, credential_user, credential_kept, credential_version)
         VALUES (:id, (SELECT coalesce(max(position), 0) + 1 FROM server), :name, :baseUrl, :apiPath, :environment, :projectKeys,
           :caPem, :allowPlainHttp, :isDemo, :isPaused, :isReadOnly, :startVerb, :sessionlessSince, :sessionlessReason, :kind, :user, :kept, :version)
         ON CONFLICT (id) DO UPDATE SET name = :name, base_url = :baseUrl, api_path = :apiPath, environment = :environment,
           project_keys = :projectKeys, ca_pem = :caPem, allow_plain_http = :allowPlainHttp, is_paused = :isPaused, is_read_only = :isReadOnly, start_verb = :startVerb,
           sessionless_since = :sessionlessSince, sessionless_reason = :sessionlessReason,
           credential_kind = :kind, credential_user = :user, credential_kept = :kept, credential_version = :version`,
      )
      .run({
        id: server.id,
        name: server.name,
        baseUrl: server.baseUrl,
        apiPath: server.apiPath,
        environment: server.environment,
        projectKeys: JSON.stringify(server.projectKeys),
        caPem: server.caPem,
        allowPlainHttp: server.allowPlainHttp ? 1 : 0,
        isDemo: server.isDemo ? 1 : 0,
        isPaused: server.isPaused ? 1 : 0,
        isReadOnly: server.isReadOnly ? 1 : 0,
        startVerb: server.startVerb,
        sessionlessSince: server.sessionless?.since ?? null,
        sessionlessReason: server.sessionless?.reason ?? null,
        kind: server.credential?.kind ?? null,
        user: server.credential?.user ?? null,
        kept: server.credential?.kept ?? null,
        version: server.credentialVersion,
      })
  }

  remove(id: ServerId): void {
    this.#database.prepare('DELETE FROM server WHERE id = ?').run(id)
  }

  /** Stores the order; servers that `ids` leaves out keep their place behind them. */
  /** Calls `put` for each; all of them, or none. */
  putAll(servers: readonly StoredServer[]): void {
    inTransaction(this.#database, () => {
      for (const server of servers) this.put(server)
    })
  }

  reorder(ids: readonly ServerId[]): void {
    inTransaction(this.#database, () => {
      this.#database.exec(`UPDATE server SET position = position + ${ids.length + 1}`)
      const place = this.#database.prepare('UPDATE server SET position = ? WHERE id = ?')
      ids.forEach((id, index) => place.run(index + 1, id))
    })
  }

  /** The block of a server for exactly this version of its credential. */
  block(serverId: ServerId, credentialVersion: number): StoredBlock | null {
    const row = this.#database
      .prepare(
        `SELECT reason, since, attempts, last_attempt_at AS lastAttemptAt, login_url AS loginUrl
         FROM access_block WHERE server_id = ? AND credential_version = ?`,
      )
      .get(serverId, credentialVersion)
    return row === undefined ? null : { ...(row as unknown as StoredBlock) }
  }

  /** Stores a block, or removes it with null. */
  setBlock(serverId: ServerId, credentialVersion: number, block: StoredBlock | null): void {
    if (block === null) {
      this.#database.prepare('DELETE FROM access_block WHERE server_id = ?').run(serverId)
      return
    }
    this.#database
      .prepare(
        `INSERT OR REPLACE INTO access_block (server_id, credential_version, reason, since, attempts, last_attempt_at, login_url)
         VALUES (?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(serverId, credentialVersion, block.reason, block.since, block.attempts, block.lastAttemptAt, block.loginUrl)
  }
}

function fromRow(row: ServerRow): StoredServer {
  const {
    credential_kind: kind,
    credential_user: user,
    credential_kept: kept,
    sessionless_since: since,
    sessionless_reason: reason,
  } = row
  return {
    id: row.id,
    name: row.name,
    baseUrl: row.base_url,
    apiPath: row.api_path,
    environment: row.environment,
    projectKeys: JSON.parse(row.project_keys) as string[],
    caPem: row.ca_pem,
    allowPlainHttp: row.allow_plain_http === 1,
    isDemo: row.is_demo === 1,
    isPaused: row.is_paused === 1,
    isReadOnly: row.is_read_only === 1,
    startVerb: row.start_verb,
    sessionless: since !== null && reason !== null ? { since, reason } : null,
    credential: kind !== null && user !== null && kept !== null ? { kind, user, kept } : null,
    credentialVersion: row.credential_version,
  }
}
