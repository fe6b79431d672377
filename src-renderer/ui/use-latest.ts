import { getCurrentScope, onScopeDispose } from 'vue'

/**
 * For questions whose answers may come late. Each call begins a question and voids those before it; what it returns tells
 * whether its own is still the latest. None is, once the component is gone.
 */
export function useLatest(): () => () => boolean {
  let latest = 0
  if (getCurrentScope() !== undefined) onScopeDispose(() => (latest += 1))
  return () => {
    latest += 1
    const mine = latest
    return () => mine === latest
  }
}
