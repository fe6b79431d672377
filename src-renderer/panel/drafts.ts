import { defineStore } from 'pinia'
import { ref } from 'vue'
import { secretProblem, type Draft, type DraftField } from '#contract/editing.ts'
import type { TaskId } from '#contract/ids.ts'
import { refId, type SynchronizationRef } from '#contract/synchronizations.ts'
import { ask, errorData } from '../backend/ask.ts'

type Values = Draft['values']

const SAVE_AFTER_MS = 300
const SAVE_AGAIN_AFTER_MS = 10_000

/** A draft on its way to the main process. */
interface Saving {
  readonly save: () => void
  readonly timer: ReturnType<typeof setTimeout>
}

/** All that a draft was, for the offer to bring it back. */
export interface Discarded {
  readonly draft: Draft | undefined
  readonly steps: readonly Values[]
}

/** What may be stored: an address with user and password stays in the window until it is corrected. */
function withoutSecrets({ base, values }: Draft): Draft | null {
  const kept = Object.entries(values).filter(([field, value]) => secretProblem(field as DraftField, value) === null)
  return kept.length === 0 ? null : { base, values: Object.fromEntries(kept) as Values }
}

const without = (dropped: Values, values: Values): Values =>
  Object.fromEntries(Object.entries(values).filter(([field]) => !(field in dropped)))

/**
 * What is left of a draft once `was` has been applied. A field that was put back to its base meanwhile is a change now.
 */
function typedSince(was: Draft, now: Draft): Draft {
  const putBack = Object.keys(was.values).flatMap((field) =>
    field in now.values ? [] : [[field, was.base[field as DraftField]] as const],
  )
  const changed = Object.entries(now.values).filter(([field, value]) => was.values[field as DraftField] !== value)
  return {
    base: { ...now.base, ...was.values },
    values: Object.fromEntries([...putBack, ...changed].filter(([, value]) => value !== undefined)) as Values,
  }
}

/**
 * Unsent changes made in panels. The main process keeps drafts across restarts; undo steps exist only in this window.
 */
export const useDrafts = defineStore('drafts', () => {
  const drafts = ref(new Map<string, Draft>())
  /** The task that is applying a draft, by row. */
  const applying = ref(new Map<string, string>())
  /** The draft that it applies. */
  const applied = new Map<string, Draft>()
  /** Why the newest draft could not be stored, by row. Storing is retried until it works. */
  const problems = ref(new Map<string, string>())
  const history = new Map<string, Values[]>()
  const unsaved = new Map<string, Saving>()
  /** The newest per row: the outcome of an older one no longer matters. */
  const newest = new Map<string, Saving>()

  function replace(list: (SynchronizationRef & { draft: Draft })[]): void {
    drafts.value = new Map(list.map((item) => [refId(item), item.draft]))
  }

  function get(target: SynchronizationRef): Draft | undefined {
    return drafts.value.get(refId(target))
  }

  /** Whether something of it was changed and not sent yet. */
  function has(target: SynchronizationRef): boolean {
    return Object.keys(get(target)?.values ?? {}).length > 0
  }

  /** Changes a field; a field back at its base value no longer counts as changed. */
  function set(target: SynchronizationRef, base: Values, field: DraftField, value: string): void {
    const id = refId(target)
    const before = drafts.value.get(id) ?? { base, values: {} }
    const { [field]: _old, ...others } = before.values
    const values: Values = value === before.base[field] ? others : { ...before.values, [field]: value }
    history.set(id, [...(history.get(id) ?? []), before.values])
    put(target, { base: before.base, values })
  }

  /** The request was sent; the draft stays until the task has succeeded. */
  function sent(target: SynchronizationRef, taskId: TaskId): void {
    const id = refId(target)
    applying.value.set(id, taskId)
    const draft = get(target)
    if (draft === undefined) applied.delete(id)
    else applied.set(id, draft)
  }

  /** The task has ended; a draft that was not applied stays, and so does what was typed since. */
  function settle(target: SynchronizationRef, hasSucceeded: boolean): void {
    const id = refId(target)
    applying.value.delete(id)
    const [was, now] = [applied.get(id), get(target)]
    applied.delete(id)
    if (!hasSucceeded) return
    discard(target)
    if (was !== undefined && now !== undefined) put(target, typedSince(was, now))
  }

  /** Drops changes that the server has by now. */
  function prune(target: SynchronizationRef, current: Values): void {
    const draft = get(target)
    if (draft === undefined) return
    const isThere = ([field, value]: [string, string]): boolean => current[field as DraftField] === value
    const values = Object.entries(draft.values)
    const dropped = Object.fromEntries(values.filter(isThere)) as Values
    if (Object.keys(dropped).length === 0) return
    const id = refId(target)
    const was = applied.get(id)
    if (was !== undefined) applied.set(id, { base: was.base, values: without(dropped, was.values) })
    put(target, { base: { ...draft.base, ...dropped }, values: without(dropped, draft.values) })
  }

  function canUndo(target: SynchronizationRef): boolean {
    return get(target) !== undefined && (history.get(refId(target))?.length ?? 0) > 0
  }

  /** Undoes the last change of a field. */
  function undo(target: SynchronizationRef): void {
    const draft = get(target)
    const values = history.get(refId(target))?.pop()
    if (draft !== undefined && values !== undefined) put(target, { base: draft.base, values })
  }

  /** Returns what it was, for `bringBack`. */
  function discard(target: SynchronizationRef): Discarded {
    const id = refId(target)
    const discarded = { draft: get(target), steps: history.get(id) ?? [] }
    history.delete(id)
    put(target, null)
    return discarded
  }

  /** Restores a discarded draft. False, and nothing is done, if there is another one by now. */
  function bringBack(target: SynchronizationRef, discarded: Discarded): boolean {
    const id = refId(target)
    if (get(target) !== undefined) return false
    history.set(id, [...discarded.steps])
    put(target, discarded.draft ?? null)
    return true
  }

  /** Replaces a draft as a whole, for example after a conflict was resolved. */
  function put(target: SynchronizationRef, draft: Draft | null): void {
    const id = refId(target)
    const kept = draft !== null && Object.keys(draft.values).length > 0 ? draft : null
    if (kept === null) drafts.value.delete(id)
    else drafts.value.set(id, kept)
    store(target, kept, SAVE_AFTER_MS)
  }

  function store({ serverId, key }: SynchronizationRef, draft: Draft | null, afterMs: number): void {
    const id = refId({ serverId, key })
    clearTimeout(unsaved.get(id)?.timer)
    const save = async (): Promise<void> => {
      clearTimeout(mine.timer)
      if (unsaved.get(id) === mine) unsaved.delete(id)
      try {
        await ask('drafts:set', { ref: { serverId, key }, draft: draft && withoutSecrets(draft) })
        if (!isReplaced()) problems.value.delete(id)
      } catch (thrown) {
        if (isReplaced()) return
        const error = errorData(thrown)
        // The server was removed, and the draft with it.
        if (error.code === 'server.unknown') return
        problems.value.set(id, error.message)
        store({ serverId, key }, draft, SAVE_AGAIN_AFTER_MS)
      }
    }
    const mine = { save: () => void save(), timer: setTimeout(() => void save(), afterMs) }
    newest.set(id, mine)
    unsaved.set(id, mine)
    function isReplaced(): boolean {
      return newest.get(id) !== mine
    }
  }

  function problemOf(target: SynchronizationRef): string {
    return problems.value.get(refId(target)) ?? ''
  }

  // Closing the window while typing loses nothing.
  window.addEventListener('pagehide', () => {
    for (const { save } of [...unsaved.values()]) save()
  })

  async function load(): Promise<() => void> {
    const list = await ask('drafts:list', {})
    return () => replace(list)
  }

  return {
    drafts,
    applying,
    problemOf,
    sent,
    settle,
    prune,
    replace,
    get,
    has,
    set,
    canUndo,
    undo,
    discard,
    bringBack,
    put,
    load,
  }
})
