import { computed, type ComputedRef } from 'vue'
import { tagIdentity } from '#contract/noted.ts'
import { useServers } from '../servers/servers.ts'
import { useSynchronizations } from '../synchronizations/synchronizations.ts'
import { nameOrder } from '../text/spoken.ts'

/** All tags that are in use, each once, in the order of names. */
export function useKnownTags(): ComputedRef<readonly string[]> {
  const servers = useServers()
  const synchronizations = useSynchronizations()
  return computed(() => {
    // Tens of thousands of rows have some hundred tags.
    const spelled = new Set<string>()
    const add = (tags: readonly string[] = []): void => {
      for (const tag of tags) spelled.add(tag)
    }
    for (const { tags } of servers.list) add(tags)
    for (const { tags } of synchronizations.rows.values()) if (tags !== undefined) add(tags)
    const known = new Map([...spelled].map((tag) => [tagIdentity(tag), tag]))
    return [...known.values()].sort(nameOrder())
  })
}
