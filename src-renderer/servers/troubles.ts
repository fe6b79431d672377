import type { Server } from '#contract/servers.ts'
import { needsUser, troubleOf } from './servers.ts'
import { countText } from '../text/operations.ts'
import { clockText } from '../text/time.ts'

/** What is the matter with how many servers, the most urgent first; empty where all is well. Those that need the user are those with a banner. */
export function troublesText(servers: readonly Server[], now: number): string {
  const of = (trouble: ReturnType<typeof troubleOf>): Server[] =>
    servers.filter((server) => troubleOf(server) === trouble)
  const needing = servers.filter(needsUser).length
  const unreachable = of('unreachable')
  const parts = [
    { count: needing, words: needing === 1 ? 'needs you' : 'need you' },
    { count: unreachable.length, words: 'unreachable' },
    { count: of('failing').length, words: 'answering with errors' },
    { count: of(null).filter(({ reach }) => reach.gaps.length > 0).length, words: 'read with gaps' },
  ].filter(({ count }) => count > 0)
  const [only] = unreachable
  if (parts.length === 1 && unreachable.length === 1 && only !== undefined)
    return `${only.name} unreachable since ${clockText(only.reach.since, now)}`
  return parts
    .map(({ count, words }, index) => `${index === 0 ? countText(count, 'server') : count} ${words}`)
    .join(', ')
}
