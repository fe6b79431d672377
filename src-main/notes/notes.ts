import type { ServerId } from '#contract/ids.ts'
import type { WatchedRef } from '#contract/monitoring.ts'
import {
  holdsTag,
  isEmptyNote,
  MAX_TAG_NAMES,
  MAX_TAGS,
  NO_NOTE,
  tagIdentity,
  type Note,
  type Noted,
} from '#contract/noted.ts'
import type { TagChange } from '#contract/notes.ts'
import { message } from '#contract/messages/message.ts'
import { refId, type RefId } from '#contract/synchronizations.ts'
import type { Clock } from '../clock.ts'
import { AppError } from '../errors/app-error.ts'
import { Signal } from '../signal.ts'
import type { NoteTable, StoredNote } from '../storage/note-table.ts'

const NOTHING: Noted = {}

/** The tags and notes of servers and synchronizations, including those no longer listed. */
export class Notes {
  /** The tags or notes of these have changed. */
  readonly changed = new Signal<[readonly WatchedRef[]]>()
  readonly #table: NoteTable
  readonly #clock: Pick<Clock, 'now'>
  readonly #notes: Map<RefId, StoredNote>
  /** What a row shows of them, built once for all readings of the row. */
  readonly #shown = new Map<RefId, Noted>()
  /** How each tag is spelled, and how often it is used. */
  readonly #spellings = new Map<string, { tag: string; count: number }>()

  constructor(table: NoteTable, clock: Pick<Clock, 'now'>) {
    this.#table = table
    this.#clock = clock
    this.#notes = new Map(table.all().map((stored) => [refId(stored), stored]))
    for (const [id, stored] of this.#notes) this.#show(id, stored)
  }

  of(ref: WatchedRef): Noted {
    return this.#shown.get(refId(ref)) ?? NOTHING
  }

  /**
   * Makes all of these changes, or throws `input.invalid` and makes none. Returns those that changed something. A tag
   * is spelled as it is elsewhere; if these changes first remove it from everything, it may be spelled differently.
   */
  tag(changes: readonly TagChange[]): TagChange[] {
    const next = new Map<RefId, StoredNote>()
    const taken = new Map<string, number>()
    const spelled = new Map<string, string>()
    const isLeft = (identity: string): boolean =>
      (this.#spellings.get(identity)?.count ?? 0) > (taken.get(identity) ?? 0)
    const made = changes.flatMap(({ tag: typed, isOn, targets }): TagChange[] => {
      const identity = tagIdentity(typed)
      const known = isOn && !isLeft(identity) ? undefined : this.#spellings.get(identity)?.tag
      const tag = spelled.get(identity) ?? known ?? typed
      if (isOn) spelled.set(identity, tag)
      const changed = targets.filter((ref) => {
        const id = refId(ref)
        const stored = next.get(id) ?? this.#stored(ref)
        const others = stored.tags.filter((other) => tagIdentity(other) !== identity)
        const isSame = others.length < stored.tags.length === isOn
        if (!isSame) next.set(id, { ...stored, tags: isOn ? [...others, tag] : others })
        return !isSame
      })
      if (!isOn) taken.set(identity, (taken.get(identity) ?? 0) + changed.length)
      return changed.length === 0 ? [] : [{ tag, isOn, targets: changed }]
    })
    const full = [...next.values()].filter(({ tags }) => tags.length > MAX_TAGS)
    if (full.length > 0)
      throw new AppError('input.invalid', message('errors.notes.full', { count: full.length, most: MAX_TAGS }))
    const names = new Set([
      ...[...this.#spellings.keys()].filter(isLeft),
      ...made.filter(({ isOn }) => isOn).map(({ tag }) => tagIdentity(tag)),
    ])
    if (names.size > MAX_TAG_NAMES && made.some(({ isOn }) => isOn))
      throw new AppError('input.invalid', message('errors.notes.manyTags', { most: MAX_TAG_NAMES }))
    this.#store([...next.values()])
    return made
  }

  /**
   * Renames a tag wherever it is; if there is already one with the new name, both become one. Throws and returns as
   * `tag` does.
   */
  renameTag(from: string, to: string): TagChange[] {
    const targets = [...this.#notes.values()]
      .filter(({ tags }) => holdsTag(tags, from))
      .map(({ serverId, key }) => ({ serverId, key }))
    if (from === to || targets.length === 0) return []
    return this.tag([
      { tag: from, isOn: false, targets },
      { tag: to, isOn: true, targets },
    ])
  }

  setNote(ref: WatchedRef, note: Note): void {
    this.#store([{ ...this.#stored(ref), note }])
  }

  /** Forgets those of a server that was removed; the table has already forgotten them. */
  removeServer(serverId: ServerId): void {
    for (const [id, stored] of this.#notes) {
      if (stored.serverId !== serverId) continue
      this.#notes.delete(id)
      this.#show(id, null)
    }
  }

  /**
   * Records which synchronizations are no longer listed, and forgets what has not been listed since `before`, epoch ms.
   */
  prune(isListed: (ref: WatchedRef) => boolean, before: number): void {
    const now = this.#clock.now()
    const moved: StoredNote[] = []
    const over: StoredNote[] = []
    for (const stored of this.#notes.values()) {
      const isGone = stored.key !== null && !isListed(stored)
      if (isGone && stored.goneAt !== null && stored.goneAt < before) over.push(stored)
      else if (isGone !== (stored.goneAt !== null)) moved.push({ ...stored, goneAt: isGone ? now : null })
    }
    if (moved.length > 0) this.#table.putAll(moved)
    for (const stored of moved) this.#notes.set(refId(stored), stored)
    if (over.length > 0) this.#forget(over)
  }

  #stored({ serverId, key }: WatchedRef): StoredNote {
    return this.#notes.get(refId({ serverId, key })) ?? { serverId, key, tags: [], note: NO_NOTE, goneAt: null }
  }

  #store(notes: readonly StoredNote[]): void {
    const isEmpty = ({ tags, note }: StoredNote): boolean => tags.length === 0 && isEmptyNote(note)
    const kept = notes.filter((stored) => !isEmpty(stored))
    const empty = notes.filter(isEmpty)
    if (kept.length > 0) this.#table.putAll(kept)
    for (const stored of kept) {
      this.#notes.set(refId(stored), stored)
      this.#show(refId(stored), stored)
    }
    if (empty.length > 0) this.#forget(empty)
    if (notes.length > 0) this.changed.emit(notes.map(({ serverId, key }) => ({ serverId, key })))
  }

  #forget(notes: readonly StoredNote[]): void {
    this.#table.removeAll(notes)
    for (const stored of notes) {
      this.#notes.delete(refId(stored))
      this.#show(refId(stored), null)
    }
  }

  #show(id: RefId, stored: StoredNote | null): void {
    for (const tag of this.#shown.get(id)?.tags ?? []) this.#count(tag, -1)
    for (const tag of stored?.tags ?? []) this.#count(tag, 1)
    if (stored === null) this.#shown.delete(id)
    else
      this.#shown.set(id, {
        ...(stored.tags.length > 0 && { tags: [...stored.tags] }),
        ...(!isEmptyNote(stored.note) && { note: stored.note }),
      })
  }

  #count(tag: string, by: 1 | -1): void {
    const known = this.#spellings.get(tagIdentity(tag)) ?? { tag, count: 0 }
    known.count += by
    if (by === 1) known.tag = tag
    if (known.count > 0) this.#spellings.set(tagIdentity(tag), known)
    else this.#spellings.delete(tagIdentity(tag))
  }
}
