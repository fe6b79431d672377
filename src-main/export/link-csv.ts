import type { Link } from '#contract/links.ts'
import { toCsv } from './csv.ts'
import { t } from '../text/say.ts'

const COLUMNS = ['local', 'remote', 'firstSync', 'lastOutgoing', 'lastIncoming', 'ignored', 'id'] as const

/** Links as a table for a spreadsheet; times in ISO 8601. */
export function linkCsv(links: readonly Link[]): Promise<string> {
  const time = (epochMs: number | null): string => (epochMs === null ? '' : new Date(epochMs).toISOString())
  return toCsv(
    COLUMNS.map((column) => t(`export.links.${column}`)),
    links,
    (link) => [
      link.localIssueKey,
      link.remoteIssueKey,
      time(link.firstSyncAt),
      time(link.lastOutgoingAt),
      time(link.lastIncomingAt),
      t(link.isIncomingIgnored ? 'export.yes' : 'export.no'),
      link.id,
    ],
  )
}
