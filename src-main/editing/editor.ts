import { message } from '#contract/messages/message.ts'
import type {
  ApplyResult,
  ConnectionForm,
  Draft,
  DraftField,
  EditConflict,
  PasswordField,
  RequestPreview,
} from '#contract/editing.ts'
import { draftFields, passwordFields } from '#contract/editing.ts'
import type { SynchronizationRef } from '#contract/synchronizations.ts'
import type { BackboneApi } from '../backbone/backbone-api.ts'
import { readIntegration, type Integration } from '../backbone/integration.ts'
import { draftValues } from '#contract/draft-values.ts'
import { pathSegment } from '../backbone/path-segment.ts'
import { AppError } from '../errors/app-error.ts'
import type { Connections } from '../servers/connections.ts'
import type { ServerRegistry } from '../servers/server-registry.ts'
import type { SynchronizationDirectory } from '../synchronizations/synchronization-directory.ts'
import type { UnseenPart, WriteIntent } from '../tasks/intent.ts'
import type { TaskIds, TaskRunner } from '../tasks/task-runner.ts'
import { connectionBody, updateBody } from './request-bodies.ts'
import { previewRequest } from './request-preview.ts'

type Passwords = Partial<Record<PasswordField, string>>

/** Applies what a user changed in a panel, never over somebody else's change. */
export class Editor {
  readonly #registry: Pick<ServerRegistry, 'get'>
  readonly #connections: Pick<Connections, 'get'>
  readonly #directory: Pick<SynchronizationDirectory, 'get'>
  readonly #tasks: Pick<TaskRunner, 'beginWrite'>

  constructor(options: {
    registry: Pick<ServerRegistry, 'get'>
    connections: Pick<Connections, 'get'>
    directory: Pick<SynchronizationDirectory, 'get'>
    tasks: Pick<TaskRunner, 'beginWrite'>
  }) {
    this.#registry = options.registry
    this.#connections = options.connections
    this.#directory = options.directory
    this.#tasks = options.tasks
  }

  previewEdit(ref: SynchronizationRef, draft: Draft, passwords: Passwords): RequestPreview {
    return previewRequest(
      this.#registry.get(ref.serverId),
      'PUT',
      pathOf(ref),
      updateBody(ref.key, { ...draft.values, ...given(passwords) }),
    )
  }

  /**
   * Reads the synchronization again. If a field differs from the draft's base, nothing is sent and both versions are
   * returned; otherwise the change is sent as a task.
   */
  async applyEdit(ref: SynchronizationRef, draft: Draft, passwords: Passwords): Promise<ApplyResult> {
    const values = { ...draft.values, ...given(passwords) }
    if (Object.keys(values).length === 0) throw new AppError('input.invalid', message('errors.nothingChanged'))
    const current = readIntegration(await this.#connections.get(ref.serverId).api.detail(ref.key, { isFresh: true }))
    if (current === null) throw new AppError('http.unexpected-body', message('errors.notA.synchronization'))
    const server = draftValues(current)
    const conflicts = draftFields.flatMap((field): EditConflict[] => {
      const base = draft.base[field]
      const now = server[field]
      if (base === undefined || now === undefined || base === now || draft.values[field] === now) return []
      return [{ field, base, server: now, draft: draft.values[field] ?? null }]
    })
    if (conflicts.length > 0)
      return { kind: 'changed-on-server', conflicts, server: server as Record<DraftField, string> }
    const unseen = passwordFields.flatMap((field) => (values[field] === undefined ? [] : [UNSEEN_PASSWORD[field]]))
    const intent = { ...visible(draft.values, server), unseen }
    return { kind: 'started', taskId: this.#update(ref, values, intent, current) }
  }

  /** Changes these fields of a synchronization that was just read as `current`. */
  update(ref: SynchronizationRef, values: Draft['values'], current: Integration, ids: TaskIds): string {
    return this.#update(ref, values, { ...visible(values, draftValues(current)), unseen: [] }, current, ids)
  }

  #update(
    { serverId, key }: SynchronizationRef,
    values: Draft['values'] & Passwords,
    intent: WriteIntent,
    current: Integration,
    ids?: TaskIds,
  ): string {
    const body = updateBody(key, values)
    const unsent = { send: (api: BackboneApi) => api.update(key, body), again: stillAs(current) }
    return this.#tasks.beginWrite('update', { serverId, key }, intent, unsent, ids)
  }

  previewConnection(ref: SynchronizationRef, form: ConnectionForm): RequestPreview {
    const body = connectionBody(this.#directory.get(ref).integration, form)
    return previewRequest(this.#registry.get(ref.serverId), 'PUT', `${pathOf(ref)}/applicationConnection`, body)
  }

  /**
   * Changes base URLs, passwords and proxies. The passwords are kept in memory for an hour, so that they can be struck
   * from the server's answers (`SentSecrets`).
   */
  updateConnection(ref: SynchronizationRef, form: ConnectionForm, ids?: TaskIds): string {
    const { integration } = this.#directory.get(ref)
    if ((integration.second === null) !== (form.second === null)) {
      throw new AppError('input.invalid', message('errors.bothSides'))
    }
    const body = connectionBody(integration, form)
    const fields = {
      'firstConnector.connection.application.baseUrl': form.first.baseUrl,
      ...(form.second && { 'secondConnector.connection.application.baseUrl': form.second.baseUrl }),
    }
    // The request carries the passwords of all sides, whatever was changed.
    const unseen: UnseenPart[] = [
      'first-password',
      ...(form.second === null ? [] : ['second-password' as const]),
      ...(form.first.proxy === null ? [] : ['first-proxy' as const]),
      ...(form.second === null || form.second.proxy === null ? [] : ['second-proxy' as const]),
    ]
    const intent: WriteIntent = { ...visible(fields, draftValues(integration)), unseen }
    const unsent = { send: (api: BackboneApi) => api.updateConnection(ref.key, body), again: stillAs(integration) }
    return this.#tasks.beginWrite('connection', ref, intent, unsent, ids)
  }
}

/** Rejects, where a write is to be sent once more, if its synchronization has other values than it had. */
function stillAs(before: Integration): (api: BackboneApi) => Promise<void> {
  return async (api) => {
    const now = readIntegration(await api.detail(before.key, { isFresh: true }))
    const [was, is] = [draftValues(before), now === null ? {} : draftValues(now)]
    if (draftFields.some((field) => was[field] !== is[field]))
      throw new AppError('input.invalid', message('errors.changedMeanwhile'))
  }
}

const UNSEEN_PASSWORD: Readonly<Record<PasswordField, UnseenPart>> = {
  'firstConnector.connection.application.password': 'first-password',
  'secondConnector.connection.application.password': 'second-password',
}

/** What a reading can show of `fields`, and for which of them the server now shows something else. */
function visible(
  fields: WriteIntent['fields'],
  server: WriteIntent['fields'],
): Pick<WriteIntent, 'fields' | 'changed'> {
  return {
    fields,
    changed: draftFields.filter((field) => fields[field] !== undefined && fields[field] !== server[field]),
  }
}

function pathOf({ key }: SynchronizationRef): string {
  return `/integrations/${pathSegment(key)}`
}

/** Passwords that were typed; an empty field means unchanged. */
function given(passwords: Passwords): Passwords {
  return Object.fromEntries(Object.entries(passwords).filter(([, value]) => value !== ''))
}
