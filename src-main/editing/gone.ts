import type { BackboneApi, ListAnswer } from '../backbone/backbone-api.ts'
import { AppError } from '../errors/app-error.ts'

/** Whether a list is complete: something absent from an incomplete list may still exist. */
export function isWhole({ unreadable, refused }: ListAnswer): boolean {
  return unreadable.length === 0 && refused.length === 0
}

/**
 * Whether a synchronization is no longer on its server, according to requests sent now. Rejects if that cannot be read.
 */
export async function isGone(api: BackboneApi, key: string): Promise<boolean> {
  try {
    await api.detail(key, { isFresh: true })
    return false
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'api.not-found') throw error
  }
  // While the app is starting, a server finds nothing at all; one that answers with a complete list knows what it has.
  const list = await api.list({ isFresh: true })
  return isWhole(list) && list.items.every(({ integration }) => integration.key !== key)
}
