import type { applicationRequests } from '#contract/application.ts'
import type { Host } from './host.ts'
import type { HandlersOf } from '../ipc/answer-request.ts'
import type { Logger } from '../logging/logger.ts'
import type { DemoServers } from '../servers/demo-servers.ts'
import type { ServerRegistry } from '../servers/server-registry.ts'
import type { CacheDatabase } from '../storage/cache-database.ts'

/** Handles requests about the application itself. */
export function applicationHandlers({
  app,
  registry,
  cache,
  logger,
  demo,
  writeClipboard,
}: {
  readonly app: Pick<Host, 'app'>['app']
  readonly registry: Pick<ServerRegistry, 'all'>
  readonly cache: Pick<CacheDatabase, 'problem'>
  readonly logger: Logger
  readonly demo: Pick<DemoServers, 'start' | 'leave'>
  /** Rejects if the system refuses. */
  readonly writeClipboard: (text: string) => Promise<void>
}): HandlersOf<typeof applicationRequests> {
  return {
    'app:info': () => ({
      ...app,
      systemLanguages: [...app.systemLanguages],
      isDemo: registry.all().some((server) => server.isDemo),
      storageProblem: cache.problem,
    }),
    'app:report-fault': (fault) => logger.write('error', 'fault in the page', fault),
    'demo:start': () => demo.start(),
    'demo:leave': () => demo.leave(),
    'clipboard:write': ({ text }) => writeClipboard(text),
  }
}
