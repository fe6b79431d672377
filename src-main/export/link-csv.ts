import type { Link } from '#contract/links.ts'
import { toCsv } from './csv.ts'

/** Links as a table for a spreadsheet; times in ISO 8601. */
export function linkCsv(links: readonly Link[]): Promise<string> {
  const time = (epochMs: number | null): string => (epochMs === null ? '' : new Date(epochMs).toISOString())
  return toCsv(
    [
      'Local issue',
      'Remote issue',
      'First synchronized',
      'Last outgoing change',
      'Last incoming change',
      'Incoming changes ignored',
      'Id',
    ],
    links,
    (link) => [
      link.localIssueKey,
      link.remoteIssueKey,
      time(link.firstSyncAt),
      time(link.lastOutgoingAt),
      time(link.lastIncomingAt),
      link.isIncomingIgnored ? 'yes' : 'no',
      link.id,
    ],
  )
}
