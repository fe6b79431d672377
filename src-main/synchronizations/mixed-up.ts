import { refuseOther } from '../backbone/backbone-api.ts'
import type { Integration, ListedIntegration } from '../backbone/integration.ts'
import { asObject, asText } from '../wire-values.ts'

/**
 * Throws if a status is about other connectors than those of the synchronization. If its other side is unknown, as in a
 * distributed one, the status may also name that other side.
 */
export function refuseOtherConnectors(integration: Integration, status: unknown): void {
  const { own, other } = connectorsIn(integration, status)
  if (other !== null) refuseOther(other, own.join(' and '))
}

/** The item of a list without a state that is about another synchronization: as if there had been no state. */
export function withoutOthersState(item: ListedIntegration): ListedIntegration {
  const { integration, original } = item
  const { status, ...others } = original
  const named = asText(asObject(status)?.integrationKey)
  const isOthers = (named !== '' && named !== integration.key) || connectorsIn(integration, status).other !== null
  return isOthers ? { integration, original: others } : item
}

/** The connectors of a synchronization, and a foreign one to which a status belongs; null if it names none. */
function connectorsIn(
  { first, second }: Integration,
  status: unknown,
): { readonly own: readonly string[]; readonly other: string | null } {
  const own = [first?.connectorKey ?? '', second?.connectorKey ?? ''].filter((key) => key !== '')
  const object = asObject(status)
  const named = [object?.firstConnector, object?.secondConnector].map((side) => asText(asObject(side)?.connectorKey))
  if (own.length === 0 || (own.length === 1 && named.includes(own[0] ?? ''))) return { own, other: null }
  return { own, other: named.find((key) => key !== '' && !own.includes(key)) ?? null }
}
