import type { Server } from '#contract/servers.ts'
import { certificateEnd, endingOf } from './certificate-words.ts'
import { needsUser, troubleOf } from './servers.ts'
import { unavailabilityOf } from './unavailability.ts'
import { counted, t } from '../text/t.ts'
import { clockText } from '../text/time.ts'

/** The most urgent first. */
const KINDS = [
  'copy',
  'network',
  'proxy',
  'needing',
  'question',
  'unreachable',
  'failing',
  'certificate',
  'gaps',
] as const
export type TroubleKind = (typeof KINDS)[number]
const URGENT: ReadonlySet<TroubleKind> = new Set(['copy', 'network', 'proxy', 'needing', 'question'])

/** One cause with all servers that it affects, because each cause is shown once. */
export interface Trouble {
  readonly kind: TroubleKind
  /** Stable as long as the cause lasts. */
  readonly id: string
  readonly servers: readonly [Server, ...Server[]]
}

/** The troubles, the most urgent first; `isOnline`: whether this computer is. `now` in epoch ms. */
export function troublesOf(servers: readonly Server[], isOnline: boolean, now: number): Trouble[] {
  const byId = new Map<string, Trouble>()
  for (const [server, kind] of servers.flatMap((server) =>
    kindsOf(server, isOnline, now).map((kind) => [server, kind] as const),
  )) {
    const id = `${kind} ${causeOf(server, kind, now)}`
    byId.set(id, { kind, id, servers: [...(byId.get(id)?.servers ?? []), server] as [Server, ...Server[]] })
  }
  return [...byId.values()].sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind))
}

/** Whether it lasts until the user does something about it. */
export function isUrgent({ kind }: Trouble): boolean {
  return URGENT.has(kind)
}

/** Names a single trouble, counts several; empty if all is well. */
export function troublesText(troubles: readonly Trouble[], now: number): string {
  const [only, second] = troubles
  if (only === undefined) return ''
  if (second === undefined) {
    const words = briefText(only, now)
    const names = namesText(only)
    return names === '' ? words : t('servers.troubles.about', { server: names, what: words })
  }
  const [first, ...others] = KINDS.flatMap((kind) => {
    const count = troubles
      .filter((trouble) => trouble.kind === kind)
      .reduce((sum, { servers }) => sum + servers.length, 0)
    return count === 0 ? [] : [{ kind, count }]
  })
  if (first === undefined) return ''
  return [
    counted(`servers.troubles.first.${first.kind}`, first.count),
    ...others.map(({ kind, count }) => counted(`servers.troubles.next.${kind}`, count)),
  ].join(', ')
}

/** What is wrong, in a few words that follow the server’s name. */
export function briefText({ kind, servers: [server] }: Trouble, now: number): string {
  const { access, credential, reach } = server
  const ending = endingOf(server, now)
  if (kind === 'certificate') return ending === null ? '' : certificateEnd('brief', ending, now)
  if (kind === 'needing') {
    if (access.state === 'blocked') return t(`servers.troubles.brief.${access.reason}`)
    return t(`servers.troubles.brief.${credential === null ? 'noCredential' : 'credentialGone'}`)
  }
  return t(`servers.troubles.brief.${kind}`, { time: clockText(reach.since, now) })
}

/** Who has the trouble; empty if it is this computer. */
export function namesText({ kind, servers }: Trouble): string {
  return kind === 'network' || kind === 'proxy' ? '' : servers.map(({ name }) => name).join(', ')
}

/** When it began, in epoch ms; null if that was not seen. */
export function troubleSince({ kind, servers: [{ access, reach }] }: Trouble): number | null {
  if (kind === 'needing') return access.state === 'blocked' ? access.since : null
  return kind === 'unreachable' || kind === 'network' || kind === 'proxy' ? reach.since : null
}

/** Looking like a copy hides no other trouble, and no other one hides that a certificate ends. */
function kindsOf(server: Server, isOnline: boolean, now: number): TroubleKind[] {
  const kind = kindOf(server, isOnline)
  return [
    ...(server.copyGuard === undefined ? [] : [server.copyGuard.state]),
    ...(kind === null ? [] : [kind]),
    ...(endingOf(server, now) === null ? [] : ['certificate' as const]),
  ]
}

function kindOf(server: Server, isOnline: boolean): TroubleKind | null {
  if (needsUser(server)) return 'needing'
  if (unavailabilityOf(server, isOnline) === 'network') return 'network'
  if (server.reach.error?.code === 'net.proxy-refused') return 'proxy'
  const trouble = troubleOf(server)
  if (trouble === 'unreachable' || trouble === 'failing') return trouble
  return server.reach.gaps.length > 0 ? 'gaps' : null
}

/**
 * What servers with the same cause have in common: the network, the proxy or its certificate, or the computer that does
 * not answer.
 */
function causeOf(server: Server, kind: TroubleKind, now: number): string {
  if (kind === 'network' || kind === 'proxy') return ''
  if (kind === 'certificate' && endingOf(server, now)?.of === 'proxy') return ''
  return kind === 'unreachable' ? new URL(server.baseUrl).host : server.id
}
