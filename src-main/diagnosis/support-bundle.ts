import type { ConnectionAttempt } from '#contract/diagnosis.ts'
import type { ServerId } from '#contract/ids.ts'
import type { StorageInfo } from '#contract/storage.ts'
import type { Server } from '#contract/servers.ts'
import type { Settings } from '#contract/settings.ts'
import { maskSecrets } from '../logging/redact.ts'
import { message, type Message } from '#contract/messages/message.ts'
import { say, t } from '../text/say.ts'

export interface SupportFacts {
  readonly at: number
  readonly app: Readonly<Record<string, unknown>>
  readonly settings: Settings
  readonly servers: readonly Server[]
  /** The newest attempts to connect to a server. */
  readonly connections: (serverId: ServerId) => readonly ConnectionAttempt[]
  readonly storage: StorageInfo
  /** What is wrong with the databases; null if nothing is. */
  readonly storageProblem: Message | null
  /** How many tasks ended in which way. */
  readonly outcomes: Readonly<Record<string, number>>
  /** The newest lines of the log, in which secrets were masked on writing. */
  readonly log: string
}

/**
 * What somebody needs to know to help, as a text that the user reads before sharing it. It has no place for a secret.
 * `isAnonymous` replaces names, addresses and users with numbers, in the log as well.
 */
export function supportBundle(facts: SupportFacts, isAnonymous: boolean): string {
  const { at, app, settings, servers, storage, storageProblem, outcomes, log } = facts
  const sections: [title: string, content: unknown][] = [
    [t('shell.support.app'), { at: new Date(at).toISOString(), ...app }],
    // Filters and their names say nothing about a fault.
    [
      t('shell.support.settings'),
      {
        ...settings,
        savedViews: settings.savedViews.length,
        shownLists: Object.keys(settings.shownLists),
        proxyUser: settings.proxyUser === '' ? '' : 'set',
      },
    ],
    [t('shell.support.servers'), servers.map(serverFacts)],
    [
      t('shell.support.connections'),
      Object.fromEntries(
        servers.map(({ id, name }) => [
          name,
          facts.connections(id).map((attempt) => connectionFacts(attempt, isAnonymous)),
        ]),
      ),
    ],
    [
      t('shell.support.storage'),
      {
        ...storage,
        problem: storage.problem === null ? '' : say(storage.problem),
        check: storageProblem === null ? t('shell.support.sound') : say(storageProblem),
      },
    ],
    [t('shell.support.outcomes'), outcomes],
  ]
  const text = [
    ...sections.map(([title, content]) => `## ${title}\n${JSON.stringify(maskSecrets(content), null, 2)}`),
    `## ${t('shell.support.log')}\n${log}`,
  ].join('\n\n')
  return isAnonymous ? anonymous(text, facts) : text
}

function serverFacts({
  name,
  baseUrl,
  apiPath,
  environment,
  projectKeys,
  caPem,
  isDemo,
  isPaused,
  isReadOnly,
  access,
  reach,
  synchronizationCount,
}: Server): Record<string, unknown> {
  const { state, since, lastReadAt, error } = reach
  return {
    name,
    baseUrl,
    apiPath,
    environment,
    isDemo,
    isPaused,
    isReadOnly,
    synchronizationCount,
    projects: projectKeys.length,
    hasOwnAuthority: caPem !== '',
    access:
      access.state === 'blocked'
        ? { state: access.state, reason: access.reason, attempts: access.attempts }
        : access.state,
    reach: {
      state,
      since: new Date(since).toISOString(),
      lastReadAt: lastReadAt === null ? null : new Date(lastReadAt).toISOString(),
      error: error?.code ?? null,
    },
  }
}

function connectionFacts(
  { firstAt, lastAt, count, isConnected, steps }: ConnectionAttempt,
  isAnonymous: boolean,
): Record<string, unknown> {
  return {
    at: new Date(firstAt).toISOString(),
    ...(count > 1 && { last: new Date(lastAt).toISOString(), count }),
    isConnected,
    steps: steps.map(({ message: what, about }) =>
      say(about === undefined || isAnonymous ? what : message('diagnosis.about', { what, about })),
    ),
  }
}

function anonymous(text: string, { servers, settings, storage, connections }: SupportFacts): string {
  const replacements = servers.flatMap((server, index): [string, string][] => {
    const { host, hostname } = new URL(server.baseUrl)
    const place = `server-${index + 1}`
    return [
      [host, `${place}.invalid`],
      [hostname, `${place}.invalid`],
      [server.name, place],
      [server.id, place],
      [server.credential?.user ?? '', `user-${index + 1}`],
    ]
  })
  if (URL.canParse(settings.proxyAddress)) replacements.push([new URL(settings.proxyAddress).host, 'proxy.invalid'])
  // Failures name the proxy, which may come from the operating system.
  for (const { step, about } of servers.flatMap(({ id }) => connections(id).flatMap(({ steps }) => steps))) {
    if (step === 'route' && about !== undefined) replacements.push([say(about), 'proxy.invalid'])
  }
  replacements.push([settings.proxyExceptions, '…'], [storage.folder, '<folder>'])
  // Longer ones first, so that a name inside another name does not spoil it.
  return replacements
    .filter(([found]) => found.length > 1)
    .sort(([a], [b]) => b.length - a.length)
    .reduce((result, [found, place]) => result.replaceAll(JSON.stringify(found).slice(1, -1), place), text)
}
