import type { monitorRequests } from '#contract/monitoring.ts'
import type { Clock } from '../clock.ts'
import type { HandlersOf } from '../ipc/answer-request.ts'
import type { Connections } from '../servers/connections.ts'
import type { LogInAttempts } from '../servers/log-in-attempts.ts'
import type { ServerRegistry } from '../servers/server-registry.ts'
import type { SettingsStore } from '../settings/settings-store.ts'
import type { TransitionTable } from '../storage/transition-table.ts'
import type { SynchronizationDirectory } from '../synchronizations/synchronization-directory.ts'
import type { Monitor } from './monitor.ts'
import { recentCounts, recentStrips } from './recent-states.ts'

const SHOWN_TRANSITIONS = 1000

/** Handles requests about scheduled and immediate reading. */
export function monitorHandlers({
  monitor,
  registry,
  connections,
  logInAttempts,
  settings,
  directory,
  transitions,
  clock,
}: {
  readonly monitor: Pick<Monitor, 'refreshNow' | 'refreshAll' | 'networkIsBack'>
  readonly registry: Pick<ServerRegistry, 'all' | 'get' | 'setPaused'>
  readonly connections: Pick<Connections, 'get'>
  readonly logInAttempts: Pick<LogInAttempts, 'run'>
  readonly settings: Pick<SettingsStore, 'get' | 'set'>
  readonly directory: Pick<SynchronizationDirectory, 'healths'>
  readonly transitions: TransitionTable
  readonly clock: Pick<Clock, 'now' | 'elapsed'>
}): HandlersOf<typeof monitorRequests> {
  return {
    'servers:try-once': async ({ serverId }) => {
      const askedAt = clock.elapsed()
      const { gate, api, session } = connections.get(serverId)
      const { baseUrl, credential } = registry.get(serverId)
      const identity = { baseUrl, kind: credential?.kind ?? 'basic', user: credential?.user ?? '' }
      const { access } = gate
      // Only a session will do there, or may do by now.
      const isOfSession = access.state === 'blocked' && (access.reason === 'token-needed' || session.isUnreliable)
      await logInAttempts.run(
        identity,
        () => gate.access.state === 'ok',
        () =>
          gate.tryOnce(async () => {
            // A reading that is under way may have been sent with the session.
            const list = () => api.list({ isFresh: gate.isOnTrial })
            if (!isOfSession) return list()
            session.beginTrial()
            return list().finally(() => session.endTrial())
          }, askedAt),
      )
      await monitor.refreshNow(serverId)
    },
    'servers:pause': ({ serverId, isPaused }) => {
      if (serverId === null) settings.set({ isPaused })
      else registry.setPaused(serverId, isPaused)
    },
    'synchronizations:refresh': async ({ serverId }) => {
      for (const { id } of serverId === null ? registry.all() : [registry.get(serverId)])
        connections.get(id).api.retryRefused()
      await (serverId === null ? monitor.refreshAll() : monitor.refreshNow(serverId))
    },
    'monitor:network': ({ isOnline }) => {
      if (isOnline) monitor.networkIsBack()
    },
    'history:timeline': ({ serverId, key }) => ({
      transitions: transitions.statesOf(serverId, key ?? '', SHOWN_TRANSITIONS),
      keptSince: clock.now() - settings.get().historyDays * 86_400_000,
    }),
    'history:strips': ({ refs }) => recentStrips(transitions, refs, clock.now()),
    'history:counts': () => recentCounts(transitions, directory.healths(), clock.now()),
  }
}
