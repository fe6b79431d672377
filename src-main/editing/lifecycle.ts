import { randomUUID } from 'node:crypto'
import type { NewSynchronization } from '#contract/editing.ts'
import type { SynchronizationRef } from '#contract/synchronizations.ts'
import type { BackboneApi } from '../backbone/backbone-api.ts'
import { readIntegration } from '../backbone/integration.ts'
import { AppError } from '../errors/app-error.ts'
import { maskSecrets } from '../logging/redact.ts'
import type { ServerRegistry } from '../servers/server-registry.ts'
import type { SnapshotTable } from '../storage/snapshot-table.ts'
import { createBody } from './request-bodies.ts'

export interface LifecycleOptions {
  readonly registry: ServerRegistry
  readonly api: (serverId: string) => BackboneApi
  readonly snapshots: SnapshotTable
  /** Reads the server's list anew; false when that failed. */
  readonly refresh: (serverId: string) => Promise<boolean>
  readonly keysOf: (serverId: string) => ReadonlySet<string>
  readonly now: () => number
}

/** Creates and deletes synchronizations. Both are answered by the server at once; neither is ever sent twice. */
export class Lifecycle {
  readonly #options: LifecycleOptions

  constructor(options: LifecycleOptions) {
    this.#options = options
  }

  /** Returns the new key. Where the answer is lost, the list tells whether it was created. */
  async create(serverId: string, input: NewSynchronization): Promise<string> {
    const { api, refresh, keysOf } = this.#options
    const before = keysOf(serverId)
    try {
      const created = readIntegration(await api(serverId).create(createBody(input)))
      if (created === null) throw new AppError('http.unexpected-body', 'The server did not answer with the new synchronization.')
      await refresh(serverId)
      return created.key
    } catch (error) {
      if (!(error instanceof AppError) || !error.isAnswerLost) throw withFields(error)
      const isRead = await refresh(serverId)
      const fresh = [...keysOf(serverId)].filter((key) => !before.has(key))
      if (isRead && fresh.length === 1 && fresh[0] !== undefined) return fresh[0]
      throw new AppError(error.code, 'The answer was lost; it is not known whether the synchronization was created.', {
        advice: 'Look at the list before you try again; the request was not repeated.',
      })
    }
  }

  /**
   * Keeps a copy, then deletes. Resolves only when the server confirmed, or when reading shows that it is gone. Throws
   * `input.invalid` when the typed key is another one.
   */
  async delete(ref: SynchronizationRef, typedKey: string): Promise<void> {
    const { registry, api, snapshots, refresh, keysOf, now } = this.#options
    if (typedKey !== ref.key) throw new AppError('input.invalid', `Type ${ref.key} to confirm.`, { fields: { typedKey: `Type ${ref.key}` } })
    const server = registry.get(ref.serverId)
    const original = await api(ref.serverId).detail(ref.key)
    snapshots.put({
      id: randomUUID(),
      serverId: server.id,
      serverName: server.name,
      key: ref.key,
      summary: readIntegration(original)?.summary ?? '',
      takenAt: now(),
      json: JSON.stringify(maskSecrets(original), null, 2),
    })
    try {
      await api(ref.serverId).delete(ref.key)
      await refresh(ref.serverId)
    } catch (error) {
      if (!(error instanceof AppError) || !error.isAnswerLost) throw error
      const isRead = await refresh(ref.serverId)
      if (isRead && !keysOf(ref.serverId).has(ref.key)) return
      throw new AppError(error.code, `The answer was lost, and ${ref.key} ${isRead ? 'is still there' : 'cannot be read'}.`, {
        advice: 'The request was not repeated.',
      })
    }
  }
}

const FIELD_NAMES: readonly [RegExp, string][] = [
  [/first\w*\W.*projectKey/i, 'first.projectKey'],
  [/first\w*\W.*baseUrl/i, 'first.baseUrl'],
  [/first\w*\W.*password/i, 'first.password'],
  [/first\w*\W.*user/i, 'first.user'],
  [/second\w*\W.*projectKey/i, 'second.projectKey'],
  [/second\w*\W.*baseUrl/i, 'second.baseUrl'],
  [/second\w*\W.*password/i, 'second.password'],
  [/second\w*\W.*user/i, 'second.user'],
  [/\bsummary\b/i, 'summary'],
  [/\bdescription\b/i, 'description'],
]

/** Puts the server's words at the field that they name, where they name one. */
function withFields(error: unknown): unknown {
  if (!(error instanceof AppError) || error.data.serverText === undefined) return error
  const text = error.data.serverText
  const field = FIELD_NAMES.find(([pattern]) => pattern.test(text))?.[1]
  return field === undefined ? error : new AppError(error.code, error.message, { ...error.data, fields: { [field]: text } })
}
