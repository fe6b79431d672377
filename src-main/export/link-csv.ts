import type { Link, LinkList } from '#contract/links.ts'
import { toCsv } from './csv.ts'
import { t } from '../text/say.ts'

const COLUMNS = ['local', 'remote', 'firstSync', 'lastOutgoing', 'lastIncoming', 'ignored', 'id'] as const

/** Links as a table for a spreadsheet; times in ISO 8601. If some could not be read, the last row says so. */
export function linkCsv({ links, unreadable }: Pick<LinkList, 'links' | 'unreadable'>): Promise<string> {
  const rows = function* (): Generator<readonly string[]> {
    for (const link of links) yield rowOf(link)
    if (unreadable > 0) yield [t('export.links.missing', { count: unreadable }), ...COLUMNS.slice(1).map(() => '')]
  }
  return toCsv(
    COLUMNS.map((column) => t(`export.links.${column}`)),
    rows(),
    (row) => row,
  )
}

const time = (epochMs: number | null): string => (epochMs === null ? '' : new Date(epochMs).toISOString())

const rowOf = (link: Link): readonly string[] => [
  link.localIssueKey,
  link.remoteIssueKey,
  time(link.firstSyncAt),
  time(link.lastOutgoingAt),
  time(link.lastIncomingAt),
  t(link.isIncomingIgnored ? 'export.yes' : 'export.no'),
  link.id,
]
