import { systemClock, type Clock } from '../../src-main/clock.ts'
import { AuthGate } from '../../src-main/http/auth-gate.ts'

/** An open gate that remembers nothing over a restart. */
export function openGate(clock: Clock = systemClock): AuthGate {
  return new AuthGate({ clock, store: { load: () => null, save: () => null } })
}
