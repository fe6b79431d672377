import type { ServerId } from '#contract/ids.ts'
import { refId, type RefId } from '#contract/synchronizations.ts'
import type { Integration } from '../backbone/integration.ts'
import { isLike, type Asked } from './created.ts'

/** A creation that was sent, or is about to be. */
export interface Creation {
  readonly serverId: ServerId
  readonly asked: Asked
}

/**
 * The creations of this session, and those interrupted by the end of an earlier one. What one of them created, or may
 * have created, is never taken for the result of another.
 */
export class OwnCreations {
  readonly #made = new Set<RefId>()
  readonly #open = new Set<Creation>()

  /** Call before it is sent. A creation whose outcome stays unknown never ends: it may take effect at any time. */
  begin(serverId: ServerId, asked: Asked): Creation {
    const creation = { serverId, asked }
    this.#open.add(creation)
    return creation
  }

  /** `key`: what it created; null if nothing. */
  end(creation: Creation, key: string | null): void {
    this.#open.delete(creation)
    if (key !== null) this.#made.add(refId({ serverId: creation.serverId, key }))
  }

  /** Whether one of them is known to have created it. */
  isMade(serverId: ServerId, key: string): boolean {
    return this.#made.has(refId({ serverId, key }))
  }

  /** Whether a creation other than this one may have made it. */
  hasRival(creation: Creation, integration: Integration): boolean {
    return [...this.#open].some(
      (other) => other !== creation && other.serverId === creation.serverId && isLike(integration, other.asked),
    )
  }
}
