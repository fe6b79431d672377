import { randomUUID } from 'node:crypto'
import type { ServerId } from '#contract/ids.ts'
import { message, type Message } from '#contract/messages/message.ts'
import type { ServerInput, TestInput } from '#contract/servers.ts'
import { DEFAULT_API_PATH } from '../backbone/backbone-api.ts'
import { AppError } from '../errors/app-error.ts'
import { Signal } from '../signal.ts'
import type { ServerTable, StoredServer } from '../storage/server-table.ts'
import { placeOf } from './place.ts'
import { apiPathProblem, inspectAddress, normaliseApiPath } from './address.ts'

/** Something in the list of servers changed. */
export type RegistryChange =
  | { readonly kind: 'added' | 'removed' | 'reordered'; readonly serverId: ServerId | null }
  | { readonly kind: 'updated'; readonly serverId: ServerId; readonly isAddressChanged: boolean }
  | { readonly kind: 'credential' | 'kept' | 'paused' | 'read-only'; readonly serverId: ServerId }

/** The parts of a server that decide how to connect to it. */
export type Connectable = Pick<StoredServer, 'baseUrl' | 'apiPath' | 'caPem' | 'allowPlainHttp' | 'projectKeys'>

/** The servers as the user entered them, in the user's order: the one owner of that list. */
export class ServerRegistry {
  readonly #table: ServerTable
  readonly changed = new Signal<[RegistryChange]>()
  #servers: StoredServer[]

  constructor(table: ServerTable) {
    this.#table = table
    this.#servers = table.all()
  }

  all(): readonly StoredServer[] {
    return this.#servers
  }

  find(id: ServerId): StoredServer | null {
    return this.#servers.find((server) => server.id === id) ?? null
  }

  /** Throws `server.unknown` for an id that is not, or no longer, in the list. */
  get(id: ServerId): StoredServer {
    const server = this.find(id)
    if (server === null) throw new AppError('server.unknown', message('errors.serverGone'))
    return server
  }

  /** A server that is not in the list yet. Throws `input.invalid` with a message per field. */
  prepare(input: ServerInput, isDemo = false): StoredServer {
    return {
      ...storedForm(input),
      id: randomUUID(),
      isDemo,
      isPaused: false,
      isReadOnly: false,
      startVerb: null,
      sessionless: null,
      credential: null,
      credentialVersion: 0,
    }
  }

  /** Adds a prepared server with a credential whose secret is already stored, or without one. */
  add(prepared: StoredServer, credential: StoredServer['credential'] = null): StoredServer {
    const server = withCredential(prepared, credential)
    this.addAll([server])
    return server
  }

  /** Adds prepared servers in one step: all of them, or none. */
  addAll(servers: readonly StoredServer[]): void {
    this.#table.putAll(servers)
    this.#servers = this.#table.all()
    for (const { id, credential } of servers) {
      this.changed.emit({ kind: 'added', serverId: id })
      if (credential !== null) this.changed.emit({ kind: 'credential', serverId: id })
    }
  }

  /**
   * Whether the address of a form is at another origin than the server's. Throws `input.invalid` with a message per
   * field.
   */
  leadsElsewhere(id: ServerId, input: ServerInput): boolean {
    const { baseUrl } = this.get(id)
    return new URL(storedForm(input, baseUrl).baseUrl).origin !== new URL(baseUrl).origin
  }

  /** Whether a form gives the server another place. Throws as `leadsElsewhere` does. */
  isMoved(id: ServerId, input: ServerInput): boolean {
    const server = this.get(id)
    return placeOf(storedForm(input, server.baseUrl)) !== placeOf(server)
  }

  /**
   * Changes a server, with a new credential whose secret is already stored, or without one. When its origin changes,
   * the credential it had is dropped: a password must not be sent to another host than the one it was entered for.
   * Returns what was stored and whether that happened.
   */
  update(
    id: ServerId,
    input: ServerInput,
    credential?: NonNullable<StoredServer['credential']>,
  ): { server: StoredServer; isCredentialDropped: boolean } {
    const before = this.get(id)
    const described = storedForm(input, before.baseUrl)
    const isCredentialDropped = credential === undefined && before.credential !== null && this.leadsElsewhere(id, input)
    const isCredentialChanged = credential !== undefined || isCredentialDropped
    const isAddressChanged = placeOf(described) !== placeOf(before)
    const server: StoredServer = {
      ...before,
      ...described,
      startVerb: isAddressChanged ? null : before.startVerb,
      sessionless: isAddressChanged || isCredentialChanged ? null : before.sessionless,
      credential: isCredentialDropped ? null : (credential ?? before.credential),
      credentialVersion: before.credentialVersion + (isCredentialChanged ? 1 : 0),
    }
    this.#table.put(server)
    this.#reload({ kind: 'updated', serverId: id, isAddressChanged })
    if (credential !== undefined) this.changed.emit({ kind: 'credential', serverId: id })
    return { server, isCredentialDropped }
  }

  /** The same credential was entered again, perhaps to be kept elsewhere: what is known about it remains valid. */
  setKept(id: ServerId, kept: 'keychain' | 'session'): void {
    const before = this.get(id)
    if (before.credential === null) return
    this.#table.put({ ...before, credential: { ...before.credential, kept } })
    this.#reload({ kind: 'kept', serverId: id })
  }

  /** Pauses or resumes the automatic reading of a server. */
  setPaused(id: ServerId, isPaused: boolean): void {
    const before = this.get(id)
    if (before.isPaused === isPaused) return
    this.#table.put({ ...before, isPaused })
    this.#reload({ kind: 'paused', serverId: id })
  }

  /** Forbids or allows writing to a server. */
  setReadOnly(id: ServerId, isReadOnly: boolean): void {
    const before = this.get(id)
    if (before.isReadOnly === isReadOnly) return
    this.#table.put({ ...before, isReadOnly })
    this.#reload({ kind: 'read-only', serverId: id })
  }

  rememberStartVerb(id: ServerId, startVerb: 'PUT' | 'POST'): void {
    const before = this.find(id)
    if (before === null) return
    this.#table.put({ ...before, startVerb })
    this.#servers = this.#table.all()
  }

  rememberSessionless(id: ServerId, sessionless: StoredServer['sessionless']): void {
    const before = this.find(id)
    if (before === null) return
    this.#table.put({ ...before, sessionless })
    this.#servers = this.#table.all()
  }

  remove(id: ServerId): void {
    this.get(id)
    this.#table.remove(id)
    this.#reload({ kind: 'removed', serverId: id })
  }

  reorder(ids: readonly ServerId[]): void {
    this.#table.reorder(ids.filter((id) => this.find(id) !== null))
    this.#reload({ kind: 'reordered', serverId: null })
  }

  #reload(change: RegistryChange): void {
    this.#servers = this.#table.all()
    this.changed.emit(change)
  }
}

/** A prepared server with its first credential. */
export function withCredential(prepared: StoredServer, credential: StoredServer['credential']): StoredServer {
  return { ...prepared, credential, credentialVersion: credential === null ? 0 : 1 }
}

/** The stored part of a server's form. Throws `input.invalid` naming the fields that cannot be accepted. */
function storedForm(
  input: ServerInput,
  storedBaseUrl?: string,
): Connectable & Pick<StoredServer, 'name' | 'environment'> {
  return { ...describeConnection(input, storedBaseUrl), name: input.name, environment: input.environment }
}

/**
 * How the server of a form is connected to. `storedBaseUrl`: the one stored before, which is left alone if the form has
 * not changed it. Throws `input.invalid` naming the fields that cannot be accepted.
 */
export function describeConnection(input: TestInput, storedBaseUrl?: string): Connectable {
  const address = inspectAddress(input.address, input.isAddressExact === true || input.address.trim() === storedBaseUrl)
  const fields: Record<string, Message> = {}
  if (address.baseUrl === null) fields.address = address.problem ?? message('errors.address.invalid')
  if (address.isPlainHttp && !input.allowPlainHttp) {
    fields.allowPlainHttp = message('errors.address.plain')
  }
  const pathProblem = apiPathProblem(input.apiPath)
  if (pathProblem !== null) fields.apiPath = pathProblem
  if (address.baseUrl === null || Object.keys(fields).length > 0) {
    throw new AppError('input.invalid', message('errors.serverNotSaved'), { fields })
  }
  return {
    baseUrl: address.baseUrl,
    apiPath: normaliseApiPath(input.apiPath, DEFAULT_API_PATH),
    projectKeys: [...new Set(input.projectKeys)],
    caPem: input.caPem,
    allowPlainHttp: input.allowPlainHttp,
  }
}
