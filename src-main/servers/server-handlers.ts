import type { ServerId } from '#contract/ids.ts'
import type { CredentialInput } from '#contract/credentials.ts'
import type { Server, serverRequests } from '#contract/servers.ts'
import type { HandlersOf } from '../ipc/answer-request.ts'
import type { CredentialStore } from '../secrets/credential-store.ts'
import type { TrustGuard } from '../security/trust-guard.ts'
import type { StoredServer } from '../storage/server-table.ts'
import type { Connections } from './connections.ts'
import { ServerImport, type ChooseFile } from './server-import.ts'
import type { ServerRegistry } from './server-registry.ts'

/** Backbone's pages in Jira; the vendor does not document where exactly they are. */
const BACKBONE_UI_PATH = '/plugins/servlet/backbone-issue-sync/ui/'

/** Handles requests about the list of servers. */
export function serverHandlers({
  registry,
  credentials,
  connections,
  views,
  jobStore,
  trust,
  openExternal,
  chooseFile,
}: {
  readonly registry: Pick<
    ServerRegistry,
    | 'all'
    | 'get'
    | 'prepare'
    | 'add'
    | 'addAll'
    | 'leadsElsewhere'
    | 'isMoved'
    | 'update'
    | 'remove'
    | 'reorder'
    | 'setReadOnly'
    | 'setKept'
  >
  readonly credentials: Pick<CredentialStore, 'set' | 'remove' | 'removeKept' | 'isInUse'>
  readonly connections: Pick<Connections, 'gate' | 'passOn'>
  readonly views: { all(): Server[]; viewOf(server: StoredServer): Server }
  readonly jobStore: { assertNoneOpenAt(serverId: ServerId): void }
  readonly trust: Pick<TrustGuard, 'authorities'>
  readonly openExternal: (address: string, baseUrl: string) => Promise<void>
  readonly chooseFile: ChooseFile
}): HandlersOf<typeof serverRequests> {
  const imports = new ServerImport(registry)
  const isInUse = (serverId: ServerId, { kind, user, secret }: CredentialInput): boolean => {
    const { credential } = registry.get(serverId)
    return credential?.kind === kind && credential.user === user && credentials.isInUse(serverId, secret)
  }
  return {
    'servers:list': () => views.all(),
    // With its credential in one step, so that it is never reported as having none.
    'servers:add': async ({ credential, isSessionOnly, ...input }) => {
      const server = registry.prepare(input)
      if (credential === undefined) return views.viewOf(registry.add(server))
      const { kind, user, secret } = credential
      const kept = isSessionOnly === true ? 'session' : 'keychain'
      await credentials.set(server.id, secret, kept)
      try {
        return views.viewOf(registry.add(server, { kind, user, kept }))
      } catch (error) {
        await credentials.remove(server.id)
        throw error
      }
    },
    'servers:plan-import': async ({ text }) => {
      if (text !== null) return imports.plan(text)
      const path = await chooseFile('servers')
      return path === null ? null : imports.planFile(path)
    },
    'servers:import': ({ servers }) => imports.add(servers).map((server) => views.viewOf(registry.get(server.id))),
    'servers:update': async ({ serverId, input, credential, isSessionOnly }) => {
      await trust.authorities(registry.get(serverId), input.caPem)
      if (registry.isMoved(serverId, input)) jobStore.assertNoneOpenAt(serverId)
      const isElsewhere = registry.leadsElsewhere(serverId, input)
      const isSame = credential !== undefined && !isElsewhere && isInUse(serverId, credential)
      await connections.passOn(serverId)
      if (credential === undefined) {
        const { server, isCredentialDropped } = registry.update(serverId, input)
        if (isCredentialDropped) await credentials.remove(serverId)
        return views.viewOf(server)
      }
      const { kind, user, secret } = credential
      const kept = isSessionOnly === true ? 'session' : 'keychain'
      // In one step, so that the password is never reported missing, and neither password goes to the other's host.
      await credentials.set(serverId, secret, kept, () => {
        // The pending attempt answers this as well; aborting it and sending it again might cause a second refusal.
        const isUnderWay = isSame && connections.gate(serverId).isBeingTried
        registry.update(serverId, input, isUnderWay ? undefined : { kind, user, kept })
        if (isUnderWay) registry.setKept(serverId, kept)
      })
      if (isElsewhere && kept === 'session') await credentials.removeKept(serverId)
      return views.viewOf(registry.get(serverId))
    },
    'servers:remove': async ({ serverId }) => {
      await connections.passOn(serverId)
      registry.remove(serverId)
    },
    'servers:reorder': ({ serverIds }) => registry.reorder(serverIds),
    'servers:set-read-only': ({ serverId, isReadOnly }) => registry.setReadOnly(serverId, isReadOnly),
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
      await openExternal(addresses[target], baseUrl)
    },
  }
}
