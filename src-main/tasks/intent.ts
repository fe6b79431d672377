import type { DraftField } from '#contract/editing.ts'
import { foreign, listed, message, sentences, type Message } from '#contract/messages/message.ts'
import type { Integration } from '../backbone/integration.ts'
import { draftValues } from '#contract/draft-values.ts'
import { draftFieldNames } from '../backbone/integration-fields.ts'
import type { Place } from '../servers/place.ts'
import type { StoredTask } from '../storage/task-table.ts'
import type { SynchronizationRecord } from '../synchronizations/synchronization-record.ts'
import { isIntendedState } from './states.ts'

/**
 * The parts of a write that no answer of the server ever shows: passwords are never returned, and no documented answer
 * contains a proxy.
 */
export type UnseenPart = 'first-password' | 'second-password' | 'first-proxy' | 'second-proxy'

/** What a write is meant to change. Holds no secret, and is stored with its task. */
export interface WriteIntent {
  /** Every value that is sent and can be seen in a reading. */
  readonly fields: Partial<Record<DraftField, string>>
  /** Those fields whose value on the server was different before. Only they can show that the write took effect. */
  readonly changed: readonly DraftField[]
  readonly unseen: readonly UnseenPart[]
}

/** With the state word last read before the request left; empty if none was read in this session. */
export interface Intent extends WriteIntent {
  readonly stateBefore: string
  /** Stored right before the request leaves: while it is false, nothing has been sent. */
  readonly hasLeft: boolean
  /** Where it was meant to go; null if an earlier version stored it, which did not say. */
  readonly place: Place | null
}

/** What a reading reveals about a write whose answer was lost. `shows` is a clause about the server. */
export type Effect =
  /** The intended state is there, and was not before. */
  | { readonly kind: 'shown'; readonly shows: Message }
  /** Nothing contradicts it, but nothing proves it either; reading again will not help. */
  | { readonly kind: 'unprovable'; readonly shows: Message; readonly advice: Message }
  /** Not, or not yet. */
  | { readonly kind: 'not-shown'; readonly shows: Message }

/** The stored intent of a task. One with less information, as earlier versions stored it, proves nothing. */
export function readIntent({ intent, operation }: Pick<StoredTask, 'intent' | 'operation'>): Intent {
  const unseen: readonly UnseenPart[] = operation === 'connection' ? ['first-password', 'second-password'] : []
  return {
    fields: {},
    changed: [],
    unseen,
    stateBefore: '',
    hasLeft: true,
    place: null,
    ...(intent === null ? {} : (JSON.parse(intent) as Partial<Intent>)),
  }
}

/** What the server's object reveals about a change whose answer was lost. */
export function effectOfChange({ fields, changed, unseen }: Intent, integration: Integration): Effect {
  const different = differing(fields, integration)
  const taken = changed.filter((field) => !different.includes(field))
  if (different.length > 0) {
    const others = { fields: theFields(different) }
    return {
      kind: 'not-shown',
      shows:
        taken.length === 0
          ? message('tasks.shows.others', others)
          : message('tasks.shows.othersButNew', { ...others, taken: bareFields(taken) }),
    }
  }
  if (unseen.length > 0) {
    const parts = listed(unseen.map((part) => message(`tasks.unseen.${part}`)))
    return {
      kind: 'unprovable',
      shows:
        taken.length === 0
          ? message('tasks.shows.untold', { parts })
          : message('tasks.shows.newUntold', { taken: bareFields(taken), parts }),
      advice: message('tasks.look.connection'),
    }
  }
  if (changed.length > 0) return { kind: 'shown', shows: message('tasks.shows.new') }
  return {
    kind: 'unprovable',
    shows: message('tasks.shows.asBefore'),
    advice: message('tasks.look.synchronization'),
  }
}

/** What the state word reveals about a start or a stop whose answer was lost. */
export function effectOnState(step: 'start' | 'stop', { stateBefore }: Intent, word: string): Effect {
  if (word === '') return { kind: 'not-shown', shows: message('tasks.shows.noState') }
  const shows = message('tasks.shows.state', { state: word })
  if (!isIntendedState(step, word)) return { kind: 'not-shown', shows }
  if (stateBefore !== '' && !isIntendedState(step, stateBefore)) return { kind: 'shown', shows }
  return {
    kind: 'unprovable',
    shows: message(stateBefore === '' ? 'tasks.shows.stateUnknownBefore' : 'tasks.shows.stateAsBefore', {
      state: word,
    }),
    advice: message('tasks.look.nothingToDo'),
  }
}

/**
 * The server's words for a change that succeeded, and what it did differently from what was asked. `item` and `status`
 * are readings made afterwards; null for one that failed.
 */
export function resultOf(
  task: StoredTask,
  { item, status }: { readonly item: SynchronizationRecord | null; readonly status: SynchronizationRecord | null },
  serverWords: string,
): Message | null {
  const intent = readIntent(task)
  const different = item === null ? [] : differing(intent.fields, item.integration)
  const word = status?.status?.word ?? ''
  const isStartedByIt =
    task.operation === 'connection' &&
    isIntendedState('stop', intent.stateBefore) &&
    word !== '' &&
    !isIntendedState('stop', word)
  const [first, ...others] = [
    ...(serverWords === '' ? [] : [foreign(serverWords)]),
    ...(item === null ? [message('tasks.told.notReadAfterwards')] : []),
    ...(different.length === 0 ? [] : [message('tasks.told.kept', { fields: theFields(different) })]),
    ...(isStartedByIt ? [message('tasks.told.startedByIt', { state: word })] : []),
  ]
  return first === undefined ? null : sentences(first, ...others)
}

function differing(fields: Intent['fields'], integration: Integration): DraftField[] {
  const shown = draftValues(integration)
  return (Object.entries(fields) as [DraftField, string][]).flatMap(([field, value]) =>
    shown[field] === value ? [] : [field],
  )
}

function theFields(fields: readonly DraftField[]): Message {
  return listed(fields.map((field) => message(`tasks.field.the.${draftFieldNames[field]}`)))
}

function bareFields(fields: readonly DraftField[]): Message {
  return listed(fields.map((field) => message(`tasks.field.bare.${draftFieldNames[field]}`)))
}
