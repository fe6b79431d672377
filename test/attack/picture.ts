import type { ConnectorStatus } from '../../src-contract/synchronizations.ts'
import type { SimulatedJira } from '../../src-simulator/index.ts'
import type { ConnectorStatus as SimulatedStatus, Entry } from '../../src-simulator/model.ts'
import type { TestMain } from '../support/services.ts'

/** What there is to see of one synchronization, in words that no other one has. */
export interface Picture {
  readonly name: string
  readonly state: string
  readonly conflicts: string
  readonly links: string
}
/** By key, in the order of keys. */
export type Pictures = Readonly<Record<string, Picture>>

/** Makes every synchronization differ from all others in each part of its picture. */
export function tellApart(jira: SimulatedJira): void {
  let number = 0
  for (const entry of jira.api.entries.values()) {
    number += 1
    const { integration, status } = entry
    const { firstConnector } = integration
    status.firstConnector.issuesInError = number
    if (status.secondConnector) Object.assign(status.secondConnector, { online: false, issuesInError: 10 * number })
    const link = entry.links[0] ?? jira.entry('INT-2').links[0]
    entry.conflicts = [
      {
        connectorKey: firstConnector.connectorKey,
        type: 'FIELD',
        field: 'summary',
        message: `Conflict ${number}`,
        severity: 'ERROR',
      },
    ]
    if (link !== undefined)
      entry.links = [1, 2].map((index) => ({
        ...link,
        id: number * 100 + index,
        connectorKey: firstConnector.connectorKey,
        localIssueKey: `AP-${number * 100 + index}`,
      }))
  }
}

/** The server’s. */
export function truth(jira: SimulatedJira): Pictures {
  const side = (status: SimulatedStatus | undefined): string =>
    status === undefined ? '' : sideInWords(status.online, status.issuesInError)
  const picture = ({ integration, status, conflicts, links }: Entry): Picture => ({
    name: integration.summary,
    state: stateInWords(status.status, side(status.firstConnector), side(status.secondConnector)),
    conflicts: inOrder(conflicts.map((conflict) => (conflict as { message: string }).message)),
    links: inOrder(links.map(({ id }) => String(id))),
  })
  return byKey([...jira.api.entries.values()].map((entry) => [entry.integration.integrationKey, picture(entry)]))
}

/** Syncdeck’s, of what it has in memory and cache. */
export async function shown(main: TestMain, jira: SimulatedJira, serverId: string): Promise<Pictures> {
  const all = (await main.ask('conflicts:list', {})).conflicts.filter(({ goneAt }) => goneAt === null)
  const side = (status: ConnectorStatus | null | undefined): string =>
    status == null ? '' : sideInWords(status.isOnline, status.issuesInError)
  const picture = async (key: string, summary: string): Promise<Picture> => {
    const status = main.services.directory.find({ serverId, key })?.status
    const connectorKey = jira.api.entries.get(key)?.integration.firstConnector.connectorKey
    const links =
      connectorKey === undefined
        ? null
        : await main.ask('connectors:links', { serverId, key, connectorKey, isCached: true })
    return {
      name: summary,
      state: status == null ? '' : stateInWords(status.word, side(status.first), side(status.second)),
      conflicts: inOrder(all.filter((conflict) => conflict.key === key).map(({ message }) => message)),
      links: inOrder(links?.links.map(({ id }) => id) ?? []),
    }
  }
  const rows = await main.rows()
  return byKey(await Promise.all(rows.map(async ({ key, summary }) => [key, await picture(key, summary)] as const)))
}

const sideInWords = (isOnline: boolean | null, issuesInError: number | null): string =>
  `${isOnline === true ? 'online' : 'offline'} with ${issuesInError} in error`
const stateInWords = (word: string, first: string, second: string): string =>
  [word, first, second].filter((part) => part !== '').join(', ')
const inOrder = (texts: readonly string[]): string => [...texts].sort((a, b) => a.localeCompare(b)).join(' | ')
const byKey = (pictures: readonly (readonly [string, Picture])[]): Pictures =>
  Object.fromEntries([...pictures].sort(([a], [b]) => a.localeCompare(b)))
