import * as v from 'valibot'
import { problemOf } from '#contract/messages/problem.ts'
import { say } from './t.ts'

/** The words for each field that a schema refused, by its path: the first thing that is wrong with it. */
export function problemsByPath(issues: readonly v.BaseIssue<unknown>[] = []): Record<string, string> {
  const found: Record<string, string> = {}
  for (const issue of issues) found[v.getDotPath(issue) ?? ''] ??= say(problemOf(issue))
  return found
}
