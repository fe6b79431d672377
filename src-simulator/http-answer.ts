import type { IncomingMessage, ServerResponse } from 'node:http'
import { gunzipSync } from 'node:zlib'
import type { ApiAnswer } from './request-body.ts'

const MAX_BODY_BYTES = 5_000_000

/** The whole body of a request as text. */
export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MAX_BODY_BYTES) throw new Error('The request body is too large')
    chunks.push(chunk)
  }
  const whole = Buffer.concat(chunks)
  return (request.headers['content-encoding'] === 'gzip' ? gunzipSync(whole) : whole).toString('utf8')
}

/** Headers by name; several values of one name are sent as several lines, as `Set-Cookie` needs. */
export type Headers = Readonly<Record<string, string | readonly string[]>>

/** Sends an answer with these headers besides its own. */
export function sendAnswer(response: ServerResponse, answer: ApiAnswer, headers: Headers = {}): void {
  for (const [name, value] of Object.entries({ ...headers, ...answer.headers })) response.setHeader(name, value)
  if ('json' in answer) {
    response.writeHead(answer.status, { 'Content-Type': 'application/json' })
    response.end(JSON.stringify(answer.json))
  } else if ('text' in answer) {
    const type = answer.text.startsWith('<') ? 'text/html' : 'text/plain'
    response.writeHead(answer.status, { 'Content-Type': `${type};charset=UTF-8` })
    response.end(answer.text)
  } else {
    response.writeHead(answer.status)
    response.end()
  }
}
