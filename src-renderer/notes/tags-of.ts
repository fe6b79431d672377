import { tagIdentity } from '#contract/noted.ts'

const NONE: readonly string[] = []

/** The tags that count for a synchronization: its own, then those of its server that it does not have itself. */
export function tagsOf(
  { tags: own = NONE }: { readonly tags?: readonly string[] },
  ofServer: readonly string[] = NONE,
): readonly string[] {
  if (ofServer.length === 0) return own
  if (own.length === 0) return ofServer
  return [...own, ...inherited(own, ofServer)]
}

/** Those of the server’s tags that a synchronization does not have itself. */
export function inherited(own: readonly string[], ofServer: readonly string[]): readonly string[] {
  return ofServer.filter((tag) => !holdsTag(own, tag))
}

/** Whether a tag is among these, in whatever case. */
export function holdsTag(tags: readonly string[], tag: string): boolean {
  return tags.some((other) => tagIdentity(other) === tagIdentity(tag))
}
