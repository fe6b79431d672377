import { message } from '#contract/messages/message.ts'
import type { noteRequests } from '#contract/notes.ts'
import { AppError } from '../errors/app-error.ts'
import type { HandlersOf } from '../ipc/answer-request.ts'
import type { TrustGuard } from '../security/trust-guard.ts'
import type { ServerRegistry } from '../servers/server-registry.ts'
import type { Notes } from './notes.ts'

/** Handles requests about tags and notes. */
export function noteHandlers({
  notes,
  registry,
  trust,
  openExternal,
}: {
  readonly notes: Pick<Notes, 'of' | 'tag' | 'renameTag' | 'setNote'>
  readonly registry: Pick<ServerRegistry, 'get'>
  readonly trust: Pick<TrustGuard, 'runbook'>
  /** Opens an address in the browser if it is on the origin of the second. */
  readonly openExternal: (address: string, baseUrl: string) => Promise<void>
}): HandlersOf<typeof noteRequests> {
  return {
    'notes:tag': ({ changes }) => {
      for (const serverId of new Set(changes.flatMap(({ targets }) => targets.map((ref) => ref.serverId))))
        registry.get(serverId)
      return { changes: notes.tag(changes) }
    },
    'notes:rename-tag': ({ from, to }) => ({ changes: notes.renameTag(from, to) }),
    'notes:set': ({ target, note }) => {
      registry.get(target.serverId)
      notes.setNote(target, note)
    },
    'notes:open-runbook': async ({ target }) => {
      const runbook = notes.of(target).note?.runbook ?? ''
      if (runbook === '') throw new AppError('input.invalid', message('errors.notes.noRunbook'))
      await trust.runbook(runbook)
      await openExternal(runbook, runbook)
    },
  }
}
