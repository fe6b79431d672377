import type { TestStep } from '#contract/servers.ts'
import type { Services } from '../app/services.ts'
import { auditCsv } from '../export/audit-csv.ts'
import { conflictCsv } from '../export/conflict-csv.ts'
import { AppError, toErrorData } from '../errors/app-error.ts'
import { linkCsv } from '../export/link-csv.ts'
import { inspectAddress } from '../servers/address.ts'
import type { PreparedTest } from '../diagnosis/test-subject.ts'
import type { Handlers } from './answer-request.ts'

/** Backbone's pages in Jira; where exactly they are is not documented by the vendor. */
const BACKBONE_UI_PATH = '/plugins/servlet/backbone-issue-sync/ui/'

const SHOWN_TRANSITIONS = 1000
const SHOWN_AUDIT_ENTRIES = 500
const EXPORTED_AUDIT_ENTRIES = 100_000

/** What each channel does, in terms of the services. */
export function createHandlers(services: Services): Handlers {
  const { registry, credentials, connections, directory, views, settings, reader, monitor, conflicts, notifications, snoozes, storageCare, tasks, events, demo, editor, lifecycle, drafts, links, snapshots, auditTable } = services
  return {
    'app:info': () => ({ ...services.app, isDemo: registry.all().some((server) => server.isDemo), storageProblem: services.cache.problem }),
    'app:report-fault': (fault) => {
      services.logger.write('error', 'fault in the page', fault)
    },
    'demo:start': async () => {
      await demo.start()
    },
    'demo:leave': async () => {
      await demo.leave()
    },
    'settings:get': () => settings.get(),
    'settings:set': async (given) => {
      const change = withoutUndefined(given)
      await services.trust.settings(change)
      return settings.set(change)
    },
    'settings:set-proxy-password': async ({ password }) => {
      await services.setProxyPassword(password)
    },
    'settings:try-proxy-once': () => {
      services.tryProxyOnce()
    },
    'vault:state': () => credentials.state,
    'vault:retry': () => credentials.probe(),
    'servers:list': () => views.all(),
    'servers:inspect-address': ({ address, isExact, askTrusting }) => {
      const inspection = inspectAddress(address, isExact)
      return askTrusting === undefined ? inspection : services.connectionTest.locate(inspection, askTrusting)
    },
    'servers:add': (input) => views.of(registry.add(input)),
    'servers:update': async ({ serverId, input }) => {
      await services.trust.authorities(registry.get(serverId), input.caPem)
      const { server, isCredentialDropped } = registry.update(serverId, input)
      if (isCredentialDropped) await credentials.remove(serverId)
      return views.of(server)
    },
    'servers:remove': ({ serverId }) => {
      registry.remove(serverId)
    },
    'servers:reorder': ({ serverIds }) => {
      registry.reorder(serverIds)
    },
    'servers:test': async ({ testId, input, serverId, credential, isLogInForced = false }) => {
      const saved = serverId === null ? null : registry.find(serverId)
      if (saved !== null && credential === null) await services.trust.authorities(saved, input.caPem)
      return runTest(services, testId, await services.testSubjects.ofInput(input, serverId, credential, isLogInForced))
    },
    'servers:diagnose': ({ testId, serverId, withLogIn, isLogInForced = false }) => runTest(services, testId, services.testSubjects.ofServer(registry.get(serverId), withLogIn, isLogInForced)),
    'servers:connections': ({ serverId }) => services.connectionLog.of(serverId),
    'servers:try-once': async ({ serverId }) => {
      const { gate, api } = connections.get(serverId)
      const { baseUrl, credential } = registry.get(serverId)
      const identity = { baseUrl, kind: credential?.kind ?? 'basic', user: credential?.user ?? '' }
      await services.logInAttempts.run(identity, () => gate.access.state === 'ok', () => gate.tryOnce(() => api.list()))
      await monitor.refreshNow(serverId)
    },
    'servers:pause': ({ serverId, isPaused }) => {
      if (serverId === null) settings.set({ isPaused })
      else registry.setPaused(serverId, isPaused)
    },
    'servers:set-read-only': ({ serverId, isReadOnly }) => {
      registry.setReadOnly(serverId, isReadOnly)
    },
    'credentials:set': async ({ serverId, credential, isSessionOnly }) => {
      registry.get(serverId)
      const kept = isSessionOnly ? 'session' : 'keychain'
      await credentials.set(serverId, credential.secret, kept)
      registry.setCredential(serverId, { kind: credential.kind, user: credential.user, kept })
    },
    'synchronizations:list': ({ most }) => ({ sequence: events.sequence, rows: JSON.stringify(most === undefined ? directory.rows() : directory.worst(most)) }),
    'synchronizations:refresh': async ({ serverId }) => {
      for (const { id } of serverId === null ? registry.all() : [registry.get(serverId)]) {
        const { api } = connections.get(id)
        api.retryRefused()
      }
      await (serverId === null ? monitor.refreshAll() : monitor.refreshNow(serverId))
    },
    'synchronizations:detail': async ({ isCached, ...ref }) => {
      if (isCached) return directory.detail(ref, 'cache')
      const detail = await reader.detail(ref)
      // What is looked at is read at once, its conflicts as well; the panel need not wait for them.
      if (detail.source === 'live') void conflicts.read(ref).catch(() => undefined)
      return detail
    },
    'synchronizations:start': ({ targets }) => ({ taskIds: tasks.begin('start', targets) }),
    'synchronizations:stop': ({ targets }) => ({ taskIds: tasks.begin('stop', targets) }),
    'synchronizations:restart': ({ targets }) => ({ taskIds: tasks.begin('restart', targets) }),
    'synchronizations:preview-edit': ({ ref, draft, passwords }) => editor.previewEdit(ref, draft, passwords),
    'synchronizations:apply-edit': ({ ref, draft, passwords }) => editor.applyEdit(ref, draft, passwords),
    'synchronizations:preview-connection': ({ ref, form }) => editor.previewConnection(ref, form),
    'synchronizations:update-connection': ({ ref, form }) => ({ taskId: editor.updateConnection(ref, form) }),
    'synchronizations:create': async ({ serverId, input, isStarted }) => {
      const { key, wasLost, note } = await lifecycle.create(serverId, input)
      // What was found after a lost answer is very likely the new one; starting it is for the user to decide.
      if (wasLost || !isStarted) return { key, note }
      try {
        tasks.begin('start', [{ serverId, key }])
        return { key, note }
      } catch (error) {
        return { key, note: `${key} was created, but not started. ${toErrorData(error).message}` }
      }
    },
    'synchronizations:delete': async ({ ref, typedKey }) => {
      await lifecycle.delete(ref, typedKey)
    },
    'connectors:resync': async ({ ref, resync }) => {
      await links.resync(ref, resync)
    },
    'connectors:links': ({ isCached, ...ref }) => (isCached ? links.cached(ref) : links.list(ref)),
    'connectors:delete-link': async ({ ref, id }) => {
      await links.delete(ref, id)
    },
    'connectors:plan-import': async (ref) => {
      const path = await services.chooseFile()
      return path === null ? null : links.plan(ref, path)
    },
    'connectors:import-links': async ({ planId, withDifferent }) => ({ sent: await links.import(planId, withDifferent) }),
    'connectors:export-links': async ({ ref, format }) => {
      const text = format === 'csv' ? linkCsv((await links.list(ref)).links) : await links.exportJson(ref)
      return { path: await services.saveFile(`${ref.connectorKey}-links.${format}`, text) }
    },
    'drafts:list': () => drafts.all(),
    'drafts:set': ({ ref, draft }) => {
      registry.get(ref.serverId)
      drafts.set(ref, draft)
    },
    'conflicts:list': () => ({ sequence: events.sequence, conflicts: conflicts.list() }),
    'conflicts:answer': (ref) => conflicts.answer(ref),
    'conflicts:refresh': async (ref) => {
      await conflicts.read(ref)
    },
    'conflicts:mark-seen': ({ conflicts: refs }) => {
      conflicts.markSeen(refs)
    },
    'conflicts:export': async ({ conflicts: refs, format }) => {
      const chosen = conflicts.withJson(refs)
      const nameOf = (serverId: string): string => registry.find(serverId)?.name ?? ''
      const text =
        format === 'csv'
          ? conflictCsv(chosen.map(({ conflict }) => conflict), nameOf)
          : JSON.stringify(chosen.map(({ conflict, json }) => ({ server: nameOf(conflict.serverId), ...conflict, json })), null, 2)
      return { path: await services.saveFile(`syncdeck-conflicts.${format}`, text) }
    },
    'history:timeline': ({ serverId, key }) => ({
      transitions: services.transitions.of(serverId, key ?? '', SHOWN_TRANSITIONS),
      keptSince: services.now() - settings.get().historyDays * 86_400_000,
    }),
    'notifications:list': () => notifications.list(),
    'notifications:mark-read': ({ ids }) => {
      notifications.markRead(ids)
    },
    'notifications:clear': () => {
      notifications.clear()
    },
    'snoozes:list': () => snoozes.list(),
    'snoozes:set': (snooze) => {
      registry.get(snooze.serverId)
      snoozes.set(snooze)
    },
    'snoozes:end': (ref) => {
      snoozes.end(ref)
    },
    'monitor:network': ({ isOnline }) => {
      if (isOnline) monitor.networkIsBack()
    },
    'storage:info': () => storageCare.info(),
    'storage:check': () => ({ problem: storageCare.check() }),
    'storage:backup': async () => ({ name: await storageCare.backup() }),
    'storage:clear-cache': () => {
      services.clearCache()
    },
    'support:bundle': ({ isAnonymous }) => ({ text: services.supportBundle(isAnonymous) }),
    'support:save': async ({ text }) => ({ path: await services.saveFile('syncdeck-support.txt', text) }),
    'snapshots:list': () => snapshots.all(),
    'snapshots:export': async ({ id }) => {
      const snapshot = snapshots.all().find((candidate) => candidate.id === id)
      if (snapshot === undefined) throw new AppError('synchronization.unknown', 'This copy is no longer there.')
      return { path: await services.saveFile(`${snapshot.key}.json`, snapshot.json) }
    },
    'audit:list': (query) => auditTable.list(query, SHOWN_AUDIT_ENTRIES),
    'audit:export': async ({ query, format }) => {
      const entries = auditTable.list(query, EXPORTED_AUDIT_ENTRIES)
      return { path: await services.saveFile(`syncdeck-activity.${format}`, format === 'csv' ? auditCsv(entries) : JSON.stringify(entries, null, 2)) }
    },
    'clipboard:write': ({ text }) => {
      services.writeClipboard(text)
    },
    'tasks:list': () => tasks.list(),
    'tasks:clear-ended': () => {
      events.tasksRemoved(tasks.clearEnded())
    },
    'links:open': async ({ serverId, target, issueKey = '' }) => {
      const { baseUrl } = registry.get(serverId)
      const { access } = connections.gate(serverId)
      const login = access.state === 'blocked' ? access.loginUrl : null
      const addresses = {
        login: login ?? `${baseUrl}/login.jsp`,
        jira: `${baseUrl}/`,
        backbone: baseUrl + BACKBONE_UI_PATH,
        issue: `${baseUrl}/browse/${encodeURIComponent(issueKey)}`,
      }
      const address = addresses[target]
      await services.openExternal(address, baseUrl)
    },
  }
}

/** Runs a connection test and reports each step. One with a stored credential may have opened that server's gate. */
async function runTest({ connectionTest, events, connections, monitor }: Services, testId: string, { subject, server }: PreparedTest): Promise<TestStep[]> {
  const steps = await connectionTest.run(subject, (step) => events.emit('servers:test-step', { testId, step }))
  if (server !== null && connections.gate(server.id).access.state === 'ok') void monitor.refreshNow(server.id)
  return steps
}

function withoutUndefined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>
  }
}
