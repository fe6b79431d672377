import type { HttpResponse } from '../../src-main/http/response-verdict.ts'
import {
  createTransport,
  type HttpRequest,
  type Transport,
  type TransportOptions,
} from '../../src-main/http/transport.ts'

/** A transport that makes something else of answers. */
export function changedAnswers(
  change: (request: HttpRequest, response: HttpResponse) => HttpResponse | Promise<HttpResponse>,
): (options: TransportOptions) => Transport {
  return (options) => {
    const transport = createTransport(options)
    return {
      close: () => transport.close(),
      send: async (request) => change(request, await transport.send(request)),
    }
  }
}
