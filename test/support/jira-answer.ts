import type { FaultKind } from '../../src-simulator/faults.ts'

/** What Jira answers to the session of 'admin': a text unchanged, anything else as JSON. */
export const jiraAnswer = (body: unknown, status = 200): FaultKind => ({
  kind: 'answer',
  status,
  headers: { 'Content-Type': 'application/json', 'X-AUSERNAME': 'admin' },
  body: typeof body === 'string' ? body : JSON.stringify(body),
})
