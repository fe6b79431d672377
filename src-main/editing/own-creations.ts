import { refId, type RefId } from '#contract/synchronizations.ts'
import type { Integration } from '../backbone/integration.ts'
import { isLike, type Asked } from './created.ts'

/** A creation that was sent, or is about to be. */
export interface Creation {
  readonly serverId: string
  readonly asked: Asked
}

/**
 * The creations of this session, and those that the end of an earlier one cut off. What one of them made, or may have made, is not taken
 * for what another made.
 */
export class OwnCreations {
  readonly #made = new Set<RefId>()
  readonly #open = new Set<Creation>()

  /** To be called before it is sent. One that never ends, because nobody knows what became of it, may take effect at any time. */
  begin(serverId: string, asked: Asked): Creation {
    const creation = { serverId, asked }
    this.#open.add(creation)
    return creation
  }

  /** `key`: what it made; null where it made nothing. */
  end(creation: Creation, key: string | null): void {
    this.#open.delete(creation)
    if (key !== null) this.#made.add(refId({ serverId: creation.serverId, key }))
  }

  /** Whether one of them is known to have made it. */
  isMade(serverId: string, key: string): boolean {
    return this.#made.has(refId({ serverId, key }))
  }

  /** Whether a creation other than this one may have made it. */
  hasRival(creation: Creation, integration: Integration): boolean {
    return [...this.#open].some(
      (other) => other !== creation && other.serverId === creation.serverId && isLike(integration, other.asked),
    )
  }
}
