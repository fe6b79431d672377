import { message, sentences, type Message } from '#contract/messages/message.ts'
import type { editingRequests, Snapshot } from '#contract/editing.ts'
import { AppError, toErrorData } from '../errors/app-error.ts'
import type { HandlersOf } from '../ipc/answer-request.ts'
import type { ServerRegistry } from '../servers/server-registry.ts'
import type { DraftTable } from '../storage/draft-table.ts'
import type { SnapshotTable } from '../storage/snapshot-table.ts'
import type { TaskRunner } from '../tasks/task-runner.ts'
import type { Editor } from './editor.ts'
import { keptText } from './keeper.ts'
import type { Lifecycle } from './lifecycle.ts'

/** Handles requests about changing, creating and deleting synchronizations. */
export function editingHandlers({
  editor,
  lifecycle,
  tasks,
  registry,
  drafts,
  snapshots,
  saveFile,
}: {
  readonly editor: Pick<Editor, 'previewEdit' | 'applyEdit' | 'previewConnection' | 'updateConnection'>
  readonly lifecycle: Pick<Lifecycle, 'create' | 'delete'>
  readonly tasks: Pick<TaskRunner, 'prepareStart'>
  readonly registry: Pick<ServerRegistry, 'get'>
  readonly drafts: Pick<DraftTable, 'all' | 'set'>
  readonly snapshots: Pick<SnapshotTable, 'all' | 'json' | 'links'>
  readonly saveFile: (name: string, text: string) => Promise<string | null>
}): HandlersOf<typeof editingRequests> {
  const snapshotOf = (id: string): Snapshot => {
    const [kept, json] = [snapshots.all().find((candidate) => candidate.id === id), snapshots.json(id)]
    if (kept === undefined || json === null) throw new AppError('synchronization.unknown', message('errors.copyGone'))
    return { ...kept, json }
  }
  return {
    'synchronizations:preview-edit': ({ ref, draft, passwords }) => editor.previewEdit(ref, draft, passwords),
    'synchronizations:apply-edit': ({ ref, draft, passwords }) => editor.applyEdit(ref, draft, passwords),
    'synchronizations:preview-connection': ({ ref, form }) => editor.previewConnection(ref, form),
    'synchronizations:update-connection': ({ ref, form }) => ({ taskId: editor.updateConnection(ref, form) }),
    'synchronizations:create': async ({ serverId, input, isStarted }) => {
      const starts: (() => void)[] = []
      const problems: Message[] = []
      // What was found after a lost answer is very likely the new one; starting it is up to the user.
      const { key, note } = await lifecycle.create(serverId, input, (created) => {
        if (!isStarted) return
        try {
          starts.push(tasks.prepareStart(serverId, created))
        } catch (error) {
          const words = message('editing.create.notStarted', { key: created.key })
          problems.push(sentences(words, toErrorData(error).message))
        }
      })
      for (const start of starts) start()
      return { key, note: problems[0] ?? note }
    },
    'synchronizations:delete': ({ ref, typedKey }) => lifecycle.delete(ref, typedKey),
    'drafts:list': () => drafts.all(),
    'drafts:set': ({ ref, draft }) => {
      registry.get(ref.serverId)
      drafts.set(ref, draft)
    },
    'snapshots:list': () => snapshots.all(),
    'snapshots:export-links': async ({ id, connectorKey }) => {
      const kept = snapshots.links(id, connectorKey)
      if (kept === null) throw new AppError('synchronization.unknown', message('errors.copyGone'))
      return { path: await saveFile(`${connectorKey}-links.json`, await keptText(kept)) }
    },
    'snapshots:get': ({ id }) => snapshotOf(id),
    'snapshots:export': async ({ id }) => {
      const { key, json } = snapshotOf(id)
      return { path: await saveFile(`${key}.json`, json) }
    },
  }
}
