import { connectorsOf, plainStatus, type Entry } from './model.ts'
import { addConflict } from './population.ts'
import type { Random } from './random.ts'

/**
 * One small change of the kind that happens on a real server: a route goes down or comes back, issues get stuck or
 * are freed, a conflict appears or is solved. Call it now and then to keep a demonstration alive.
 */
export function drift(random: Random, entries: readonly Entry[]): void {
  const running = entries.filter((entry) => entry.status.status !== 'STOPPED')
  const [head, ...tail] = running
  if (head === undefined) return
  const entry = random.pick([head, ...tail])
  const connector = entry.status.firstConnector
  const fate = random.next()
  if (fate < 0.3) {
    connector.issuesInError = connector.issuesInError === 0 ? random.whole(1, 4) : 0
  } else if (fate < 0.5) {
    connector.online = !connector.online
    connector.reconnecting = !connector.online
    connector.incomingDetails = connector.online ? '' : 'The other Jira did not answer.'
  } else if (fate < 0.65) {
    if (entry.conflicts.length === 0) addConflict(random, entry)
    else entry.conflicts.pop()
  } else if (fate < 0.8) {
    for (const status of [entry.status.firstConnector, entry.status.secondConnector]) {
      if (status) status.outgoingProcessingStatus = status.outgoingProcessingStatus === 'IDLE' ? 'PROCESSING' : 'IDLE'
    }
  } else if (connectorsOf(entry).length === 2) {
    entry.status = plainStatus(entry.integration, true)
  }
}
