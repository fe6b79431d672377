import { secretProblem, type DraftField } from '#contract/editing.ts'
import { isProjectKey } from '#contract/project-key.ts'
import { say, t } from '../text/t.ts'

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
