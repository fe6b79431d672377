import { secretProblem, type DraftField } from '#contract/editing.ts'

export const DRAFT_FIELD_LABEL: Readonly<Record<DraftField, string>> = {
  summary: 'Name',
  description: 'Description',
  'firstConnector.projectKey': 'First side: project key',
  'firstConnector.connection.application.baseUrl': 'First side: base URL',
  'firstConnector.connection.application.user': 'First side: sync user',
  'secondConnector.projectKey': 'Second side: project key',
  'secondConnector.connection.application.baseUrl': 'Second side: base URL',
  'secondConnector.connection.application.user': 'Second side: sync user',
}

/** What is wrong with a value of a field, or empty. */
export function draftProblem(field: DraftField, value: string): string {
  const secret = secretProblem(field, value)
  if (secret !== '') return secret
  if (field === 'summary') return value.trim() === '' ? 'Enter a name' : ''
  if (field.endsWith('.baseUrl'))
    return /^https?:\/\/[^\s/]+\S*$/i.test(value) && URL.canParse(value)
      ? ''
      : 'Enter an address that begins with https:// or http://'
  if (field.endsWith('.projectKey'))
    return /^[A-Z][A-Z0-9_]*$/.test(value) ? '' : 'A project key has capitals, digits and underscores'
  if (field.endsWith('.user')) return value.trim() === '' ? 'Enter the sync user' : ''
  return ''
}
