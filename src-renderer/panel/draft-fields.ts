import { secretProblem, type DraftField } from '#contract/editing.ts'
import type { MessageKey } from '#contract/messages/messages.ts'
import { isProjectKey } from '#contract/project-key.ts'
import { say, t } from '../text/t.ts'

const FIELD_MESSAGE = {
  summary: 'panel.draft.fields.summary',
  description: 'panel.draft.fields.description',
  'firstConnector.projectKey': 'panel.draft.fields.firstProjectKey',
  'firstConnector.connection.application.baseUrl': 'panel.draft.fields.firstBaseUrl',
  'firstConnector.connection.application.user': 'panel.draft.fields.firstUser',
  'secondConnector.projectKey': 'panel.draft.fields.secondProjectKey',
  'secondConnector.connection.application.baseUrl': 'panel.draft.fields.secondBaseUrl',
  'secondConnector.connection.application.user': 'panel.draft.fields.secondUser',
} as const satisfies Readonly<Record<DraftField, MessageKey>>

/** The name of a field outside its form. */
export function draftFieldText(field: DraftField): string {
  return t(FIELD_MESSAGE[field])
}

/** What is wrong with a value of a field, or empty. */
export function draftProblem(field: DraftField, value: string): string {
  const secret = secretProblem(field, value)
  if (secret !== null) return say(secret)
  if (field === 'summary') return value.trim() === '' ? t('panel.draft.problems.name') : ''
  if (field.endsWith('.baseUrl'))
    return /^https?:\/\/[^\s/]+\S*$/i.test(value) && URL.canParse(value) ? '' : t('panel.draft.problems.address')
  if (field.endsWith('.projectKey')) return isProjectKey(value) ? '' : t('panel.draft.problems.projectKey')
  if (field.endsWith('.user')) return value.trim() === '' ? t('panel.draft.problems.user') : ''
  return ''
}
