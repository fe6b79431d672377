import type { DraftField } from '#contract/editing.ts'
import type { Integration } from '../backbone/integration.ts'
import { fieldValues } from '../editing/request-bodies.ts'
import type { StoredTask } from '../storage/task-table.ts'
import type { Known } from '../synchronizations/known.ts'

/** What a write was meant to change, and the state in which it found the synchronization. Holds no secret. */
export interface Intent {
  readonly fields: Partial<Record<DraftField, string>>
  readonly stateBefore: string
}

const FIELD_WORDS: Readonly<Record<DraftField, string>> = {
  summary: 'the name',
  description: 'the description',
  'firstConnector.projectKey': 'the first project key',
  'firstConnector.connection.application.baseUrl': 'the first base URL',
  'firstConnector.connection.application.user': 'the first sync user',
  'secondConnector.projectKey': 'the second project key',
  'secondConnector.connection.application.baseUrl': 'the second base URL',
  'secondConnector.connection.application.user': 'the second sync user',
}

/** The stored intent of a task; one without any was meant to change no field. */
export function readIntent({ intent }: { readonly intent: string | null }): Intent {
  return intent === null ? { fields: {}, stateBefore: '' } : (JSON.parse(intent) as Intent)
}

/** The fields, in words, that the server shows with another value than was intended. */
export function differingFields({ fields }: Intent, integration: Integration): string[] {
  const shown = fieldValues(integration)
  return (Object.entries(fields) as [DraftField, string][]).flatMap(([field, value]) => (shown[field] === value ? [] : [FIELD_WORDS[field]]))
}

/** The server's words for a change that succeeded, and what it did differently from what was asked. */
export function resultWords(task: StoredTask, known: Known | null, message: string): string {
  if (task.intent === null || known === null) return message
  const intent = readIntent(task)
  const different = differingFields(intent, known.integration)
  const word = known.status?.word ?? ''
  const isStopped = (state: string): boolean => state.toUpperCase() === 'STOPPED'
  const isStartedByIt = task.operation === 'connection' && isStopped(intent.stateBefore) && word !== '' && !isStopped(word)
  return [
    message,
    ...(different.length === 0 ? [] : [`The server kept its own value of ${different.join(', ')}.`]),
    ...(isStartedByIt ? [`It was stopped before, and is ${word} now.`] : []),
  ].join(' ')
}
