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
    const known = new Map<string, string>()
    const add = (tags: readonly string[] = []): void => {
      for (const tag of tags) known.set(tagIdentity(tag), tag)
    }
    for (const { tags } of servers.list) add(tags)
    for (const { tags } of synchronizations.rows.values()) if (tags !== undefined) add(tags)
    return [...known.values()].sort(nameOrder())
  })
}
