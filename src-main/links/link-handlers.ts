import type { linkRequests } from '#contract/links.ts'
import { linkCsv } from '../export/link-csv.ts'
import type { HandlersOf } from '../ipc/answer-request.ts'
import { HandedLists } from './handed-lists.ts'
import type { LinkService } from './link-service.ts'

/** Handles requests about links of issues. */
export function linkHandlers({
  links,
  chooseFile,
  saveFile,
}: {
  readonly links: Pick<LinkService, 'resync' | 'cached' | 'list' | 'delete' | 'plan' | 'import' | 'exportJson'>
  readonly chooseFile: (kind: 'json') => Promise<string | null>
  readonly saveFile: (name: string, text: string) => Promise<string | null>
}): HandlersOf<typeof linkRequests> {
  const lists = new HandedLists()
  return {
    'connectors:resync': ({ ref, resync }) => links.resync(ref, resync),
    'connectors:links': async ({ isCached, ...ref }) => {
      const all = await (isCached ? links.cached(ref) : links.list(ref))
      return all && { ...all, ...lists.begin(all.links) }
    },
    'connectors:more-links': ({ listId, from }) => lists.next(listId, from),
    'connectors:delete-link': ({ ref, id }) => links.delete(ref, id),
    'connectors:plan-import': async (ref) => {
      const path = await chooseFile('json')
      return path === null ? null : links.plan(ref, path)
    },
    'connectors:import-links': async ({ planId, withDifferent }) => ({
      sent: await links.import(planId, withDifferent),
    }),
    'connectors:export-links': async ({ ref, format }) => {
      const text = format === 'csv' ? await linkCsv(await links.list(ref)) : await links.exportJson(ref)
      return { path: await saveFile(`${ref.connectorKey}-links.${format}`, text) }
    },
  }
}
