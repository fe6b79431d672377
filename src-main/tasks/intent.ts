import type { DraftField } from '#contract/editing.ts'
import type { Integration } from '../backbone/integration.ts'
import { fieldValues, integrationFields } from '../backbone/integration-fields.ts'
import type { StoredTask } from '../storage/task-table.ts'
import type { SynchronizationRecord } from '../synchronizations/synchronization-record.ts'
import { isIntendedState } from './states.ts'

/** Part of a write that no answer of the server ever shows: passwords never come back, and no documented answer holds a proxy. */
export type UnseenPart = 'first-password' | 'second-password' | 'first-proxy' | 'second-proxy'

/** What a write is meant to change. Holds no secret, and is stored with its task. */
export interface WriteIntent {
  /** Every value that is sent and that a reading shows. */
  readonly fields: Partial<Record<DraftField, string>>
  /** Those of the fields that the server showed with another value before. Only they can tell that the write took effect. */
  readonly changed: readonly DraftField[]
  readonly unseen: readonly UnseenPart[]
}

/** With the state word that was last read before the request left; empty where none was read in this session. */
export interface Intent extends WriteIntent {
  readonly stateBefore: string
}

/** What a reading tells about a write whose answer was lost. `shows` is the beginning of a sentence about the server. */
export type Effect =
  /** What was wanted is there, and was not before. */
  | { readonly kind: 'shown'; readonly shows: string }
  /** Nothing speaks against it, but nothing proves it either; reading again will not help. */
  | { readonly kind: 'unprovable'; readonly shows: string; readonly advice: string }
  /** Not, or not yet. */
  | { readonly kind: 'not-shown'; readonly shows: string }

const UNSEEN_WORDS: Readonly<Record<UnseenPart, string>> = {
  'first-password': 'the password of the first sync user',
  'second-password': 'the password of the second sync user',
  'first-proxy': 'the proxy of the first side',
  'second-proxy': 'the proxy of the second side',
}

const CHECK_CONNECTION =
  'Look in Backbone whether both sides are online, and send the change once more if you cannot tell.'

/** The stored intent of a task. One that says less, as earlier versions stored it, proves nothing. */
export function readIntent({ intent, operation }: Pick<StoredTask, 'intent' | 'operation'>): Intent {
  const unseen: readonly UnseenPart[] = operation === 'connection' ? ['first-password', 'second-password'] : []
  return {
    fields: {},
    changed: [],
    unseen,
    stateBefore: '',
    ...(intent === null ? {} : (JSON.parse(intent) as Partial<Intent>)),
  }
}

/** What the server's object tells about a change whose answer was lost. */
export function effectOfChange({ fields, changed, unseen }: Intent, integration: Integration): Effect {
  const different = differing(fields, integration)
  const taken = changed.filter((field) => !different.includes(field))
  if (different.length > 0) {
    const others = `the server shows other values of ${listed(different.map((field) => integrationFields[field].words))}`
    return { kind: 'not-shown', shows: taken.length === 0 ? others : `${others}, but the new ${newWords(taken)}` }
  }
  if (unseen.length > 0) {
    const untold = `whether it took ${listed(unseen.map((part) => UNSEEN_WORDS[part]))} cannot be read`
    return {
      kind: 'unprovable',
      shows:
        taken.length === 0
          ? untold.replace('it took', 'the server took')
          : `the server shows the new ${newWords(taken)}; ${untold}`,
      advice: CHECK_CONNECTION,
    }
  }
  if (changed.length > 0) return { kind: 'shown', shows: 'the server shows the new values' }
  return {
    kind: 'unprovable',
    shows: 'the server shows what was asked for, but it did so before as well',
    advice: 'Look at the synchronization before you send the change again.',
  }
}

/** What the state word tells about a start or a stop whose answer was lost. */
export function effectOnState(step: 'start' | 'stop', { stateBefore }: Intent, word: string): Effect {
  if (word === '') return { kind: 'not-shown', shows: 'the server tells no state of the synchronization' }
  if (!isIntendedState(step, word)) return { kind: 'not-shown', shows: `the synchronization is ${word}` }
  if (stateBefore !== '' && !isIntendedState(step, stateBefore))
    return { kind: 'shown', shows: `the synchronization is ${word}` }
  const before = stateBefore === '' ? 'its state before is not known' : 'it was so before as well'
  return {
    kind: 'unprovable',
    shows: `the synchronization is ${word}, but ${before}`,
    advice: 'If that is what you wanted, there is nothing to do.',
  }
}

/**
 * The server's words for a change that succeeded, and what it did differently from what was asked. `item` and `status` are
 * readings made afterwards; null for one that failed.
 */
export function resultWords(
  task: StoredTask,
  { item, status }: { readonly item: SynchronizationRecord | null; readonly status: SynchronizationRecord | null },
  message: string,
): string {
  const intent = readIntent(task)
  const different = item === null ? [] : differing(intent.fields, item.integration)
  const word = status?.status?.word ?? ''
  const isStartedByIt =
    task.operation === 'connection' &&
    isIntendedState('stop', intent.stateBefore) &&
    word !== '' &&
    !isIntendedState('stop', word)
  return [
    message,
    ...(item === null ? ['What it then showed could not be read.'] : []),
    ...(different.length === 0
      ? []
      : [`The server kept its own value of ${listed(different.map((field) => integrationFields[field].words))}.`]),
    ...(isStartedByIt ? [`It was stopped before, and is ${word} now.`] : []),
  ].join(' ')
}

function differing(fields: Intent['fields'], integration: Integration): DraftField[] {
  const shown = fieldValues(integration)
  return (Object.entries(fields) as [DraftField, string][]).flatMap(([field, value]) =>
    shown[field] === value ? [] : [field],
  )
}

function newWords(fields: readonly DraftField[]): string {
  return listed(fields.map((field) => integrationFields[field].words.replace(/^the /, '')))
}

/** `a`, `a and b`, `a, b and c`. */
function listed(words: readonly string[]): string {
  return [words.slice(0, -1).join(', '), words.at(-1) ?? ''].filter((part) => part !== '').join(' and ')
}
