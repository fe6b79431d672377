import { getCurrentScope, onScopeDispose } from 'vue'

/**
 * Guards against late answers. Each call starts a request and invalidates earlier ones; the returned function says
 * whether it is still the latest. None is once the component has unmounted.
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
