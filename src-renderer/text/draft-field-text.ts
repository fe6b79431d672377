import type { DraftField } from '#contract/editing.ts'
import type { MessageKey } from '#contract/messages/messages.ts'
import { t } from './t.ts'

const NAMES = {
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
  return t(NAMES[field])
}
