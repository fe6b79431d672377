import { ref, watch, type Ref } from 'vue'
import { environmentSchema, type Environment } from '#contract/servers.ts'

const STORED_AS = 'rail-folded'

/** The groups of servers that the user has folded, also after a restart. */
export function useFoldedGroups(): Ref<ReadonlySet<Environment>> {
  const stored = new Set((localStorage.getItem(STORED_AS) ?? '').split(' '))
  const folded = ref<ReadonlySet<Environment>>(new Set(environmentSchema.options.filter((one) => stored.has(one))))
  watch(folded, (groups) => localStorage.setItem(STORED_AS, [...groups].join(' ')))
  return folded
}
