import type { ApiRequest } from './api-request.ts'
import type { Entry, SyncInformation } from './model.ts'
import { methodNotAllowed, notFound, parseBody, Refusal, type ApiAnswer } from './request-body.ts'

/** Answers `/connectors/{connectorKey}/…`: the resynchronization and the sync information of one connector. */
export function connectorAction(request: ApiRequest, entry: Entry, connectorKey: string, action: string): ApiAnswer {
  if (action === 'resync' && request.method === 'POST') {
    const body = parseBody(request.body)
    if (!Array.isArray(body.fieldMappings)) throw new Refusal(400, 'fieldMappings: is required')
    return { status: 200, empty: true }
  }
  if (action !== 'syncInformation') return action === 'resync' ? methodNotAllowed('POST') : notFound
  const own = (link: SyncInformation): boolean => link.connectorKey === connectorKey
  switch (request.method) {
    case 'GET':
      return { status: 200, json: entry.links.filter(own) }
    case 'POST': {
      const imported: unknown = JSON.parse(request.body || 'null')
      if (!Array.isArray(imported)) throw new Refusal(400, 'An array of sync information is required.')
      entry.links.push(...(imported as SyncInformation[]).map((link) => ({ ...link, connectorKey })))
      return { status: 200, empty: true }
    }
    case 'DELETE': {
      const id = Number(request.query.get('id') ?? request.segments[3])
      if (!entry.links.some((link) => own(link) && link.id === id)) throw new Refusal(404, 'There is no such entry.')
      entry.links = entry.links.filter((link) => !(own(link) && link.id === id))
      return { status: 200, empty: true }
    }
    default:
      return methodNotAllowed('GET, POST, DELETE')
  }
}
