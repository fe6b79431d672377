import { environmentSchema, type Environment, type Server } from '#contract/servers.ts'
import type { Health } from '#contract/synchronizations.ts'

/** Up to this number, servers are one list in the user's order; more of them are grouped, and have a filter. */
const FEW_SERVERS = 10

/** Whether there are so many servers that one has to look for one. */
export function areMany(servers: readonly Server[]): boolean {
  return servers.length > FEW_SERVERS
}

/** Servers of one environment, in the user's order. */
export interface RailGroup {
  readonly environment: Environment
  readonly servers: readonly Server[]
}

/** Many servers by environment, without groups that have none; `text`: words of which each has to be in a server. */
export function railGroups(servers: readonly Server[], text: string): readonly RailGroup[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  const found = servers.filter(({ name, baseUrl, tags = [] }) => {
    const all = [name, baseUrl, ...tags].join(' ').toLowerCase()
    return words.every((word) => all.includes(word))
  })
  return environmentSchema.options
    .map((environment) => ({ environment, servers: found.filter((server) => server.environment === environment) }))
    .filter((group) => group.servers.length > 0)
}

/** What is wrong, worst first: one number has room beside a name. Null if nothing is. */
export function worstOf({ error = 0, attention = 0 }: Readonly<Partial<Record<Health, number>>>): {
  readonly health: 'error' | 'attention'
  readonly count: number
} | null {
  if (error > 0) return { health: 'error', count: error }
  return attention > 0 ? { health: 'attention', count: attention } : null
}
