import type { CopyMapping } from '#contract/jobs.ts'
import type { SynchronizationRow } from '#contract/synchronizations.ts'

/** What a mapping is about, in the order of its table. */
export const mappedParts = ['baseUrls', 'users', 'projects'] as const satisfies readonly (keyof CopyMapping)[]
export type MappedPart = (typeof mappedParts)[number]

type Sides = Pick<SynchronizationRow, 'first' | 'second'>

/** Every base URL, sync user and project of these, each once however often it occurs. */
export function valuesOf(rows: readonly Sides[]): Readonly<Record<MappedPart, readonly string[]>> {
  const sides = rows.flatMap(({ first, second }) => [first, second]).filter((side) => side !== null)
  return {
    baseUrls: distinct(sides.map(({ baseUrl }) => baseUrl)),
    users: distinct(sides.map(({ user }) => user)),
    projects: distinct(sides.map(({ projectKey }) => projectKey)),
  }
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)]
}

/** If an original reaches its own Jira, its copy is offered to reach that of the other server. */
export function offeredFor(
  part: MappedPart,
  value: string,
  sources: readonly { readonly baseUrl: string }[],
  goal: { readonly baseUrl: string } | undefined,
): string {
  const isOwn = part === 'baseUrls' && sources.some(({ baseUrl }) => plain(baseUrl) === plain(value))
  return isOwn && goal !== undefined ? goal.baseUrl : value
}

function plain(address: string): string {
  return address.replace(/\/+$/, '').toLowerCase()
}
