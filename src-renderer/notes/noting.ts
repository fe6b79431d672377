import type { WatchedRef } from '#contract/monitoring.ts'
import { NO_NOTE, type Note } from '#contract/noted.ts'
import type { TagChange } from '#contract/notes.ts'
import { refId } from '#contract/synchronizations.ts'
import { ask } from '../backend/ask.ts'
import { useServers } from '../servers/servers.ts'
import { useSynchronizations } from '../synchronizations/synchronizations.ts'
import { counted, t } from '../text/t.ts'
import { useUndo } from '../ui/undo.ts'

/** Tags to put on something, and tags to take off it. */
export interface TagChoice {
  readonly on?: readonly string[]
  readonly off?: readonly string[]
}

const targetOf = ({ serverId, key }: WatchedRef): WatchedRef => ({ serverId, key })

/** Changes the tags of all of these, and offers to undo what that changed. `name`: what a single one is called. */
export async function changeTags(targets: readonly WatchedRef[], choice: TagChoice, name: string): Promise<void> {
  const changes = await sendTags(targets, choice)
  const [first] = changes
  if (first === undefined) return
  const count = new Set(changes.flatMap((change) => change.targets.map(refId))).size
  useUndo().show({
    get words() {
      if (changes.length > 1) return counted('notes.undo.changed', count, { name })
      return counted(first.isOn ? 'notes.undo.tagged' : 'notes.undo.untagged', count, { name, tag: first.tag })
    },
    undo: () => takeBack(changes),
  })
}

/** Changes the tags and the note of something called `name`, and offers to undo both. */
export async function writeNoted(target: WatchedRef, choice: TagChoice, note: Note, name: string): Promise<void> {
  const before = presentNote(target)
  if (isSame(before, note)) return changeTags([target], choice, name)
  const changes = await sendTags([target], choice)
  await ask('notes:set', { target: targetOf(target), note })
  useUndo().show({
    get words() {
      return t('notes.undo.noted', { name })
    },
    undo: async () => {
      if (!isSame(presentNote(target), note)) throw new Error(t('notes.undo.over', { name }))
      await ask('notes:set', { target: targetOf(target), note: before })
      await takeBack(changes)
    },
  })
}

/** Has what names a tag follow its new name; answers with how that goes back. */
export type FollowTag = (from: string, to: string) => Promise<() => Promise<void>>

/**
 * Calls a tag otherwise wherever it is, and offers to undo that. `follow` is for what is not kept with the tags, such
 * as filters.
 */
export async function renameTag(from: string, to: string, follow: FollowTag): Promise<void> {
  const { changes } = await ask('notes:rename-tag', { from, to })
  const goBack = await follow(from, to)
  useUndo().show({
    get words() {
      return t('notes.undo.renamed', { from, to })
    },
    undo: async () => {
      await takeBack(changes)
      await goBack()
    },
  })
}

/** Answers with what was changed by it. */
async function sendTags(targets: readonly WatchedRef[], { on = [], off = [] }: TagChoice): Promise<TagChange[]> {
  const refs = targets.map(targetOf)
  // What is removed makes room for what is added.
  const wanted = [
    ...off.map((tag): TagChange => ({ tag, isOn: false, targets: refs })),
    ...on.map((tag): TagChange => ({ tag, isOn: true, targets: refs })),
  ]
  if (wanted.length === 0) return []
  return (await ask('notes:tag', { changes: wanted })).changes
}

async function takeBack(changes: readonly TagChange[]): Promise<void> {
  if (changes.length === 0) return
  await ask('notes:tag', { changes: changes.toReversed().map((change) => ({ ...change, isOn: !change.isOn })) })
}

/** The note that is there now. */
function presentNote({ serverId, key }: WatchedRef): Note {
  const noted =
    key === null ? useServers().byId.get(serverId) : useSynchronizations().rows.get(refId({ serverId, key }))
  return noted?.note ?? NO_NOTE
}

function isSame(one: Note, other: Note): boolean {
  return (['text', 'owner', 'contact', 'runbook'] as const).every((field) => one[field] === other[field])
}
