import { createServer, request as send, type IncomingMessage } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import type { SimulatedJira } from '../../src-simulator/index.ts'

/** A whole answer of the server behind. */
export interface WholeAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/**
 * What happens to one exchange. `isSent`: whether it reaches the server behind; `write`: what the client then gets on
 * its connection.
 */
export interface Meddling {
  readonly isSent: boolean
  readonly write: (socket: Socket, answer: WholeAnswer) => void
}

/** An answer as it goes over the wire, whatever its headers say. */
export function wire({ status, headers, body }: WholeAnswer): Buffer {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.concat([Buffer.from(`HTTP/1.1 ${status} Said\r\n${lines.join('')}\r\n`), body])
}

/** The same with a body of other bytes, and the length that they have. */
export function withBody(
  answer: WholeAnswer,
  body: Buffer,
  headers: Readonly<Record<string, string>> = {},
): WholeAnswer {
  return { ...answer, headers: { ...answer.headers, ...headers, 'content-length': String(body.length) }, body }
}

/** Stands before a simulated Jira and passes everything on, except what `meddle` wants otherwise. */
export class ManInBetween {
  meddle: (method: string, path: string) => Meddling | null = () => null
  readonly #jira: SimulatedJira
  readonly #server = createServer((request, response) => {
    void this.#handle(request).then(
      ({ answer, meddling }) => {
        const socket = request.socket
        if (meddling !== null) return meddling.write(socket, answer)
        response.writeHead(answer.status, answer.headers)
        response.end(answer.body)
      },
      () => request.socket.destroy(),
    )
  })

  constructor(jira: SimulatedJira) {
    this.#jira = jira
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async start(): Promise<this> {
    await new Promise<void>((done) => this.#server.listen(0, '127.0.0.1', done))
    onTestFinished(() => this.stop())
    return this
  }

  stop(): void {
    this.#server.closeAllConnections()
    this.#server.close()
  }

  async #handle(request: IncomingMessage): Promise<{ answer: WholeAnswer; meddling: Meddling | null }> {
    const chunks: Buffer[] = []
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
    const path = (request.url ?? '').replace(/^.*\/api\/1/, '')
    const meddling = this.meddle(request.method ?? 'GET', path)
    if (meddling?.isSent === false) return { answer: { status: 0, headers: {}, body: Buffer.alloc(0) }, meddling }
    return { answer: await this.#forward(request, Buffer.concat(chunks)), meddling }
  }

  #forward(request: IncomingMessage, body: Buffer): Promise<WholeAnswer> {
    return new Promise((done, fail) => {
      const onward = send(
        `${this.#jira.baseUrl}${request.url}`,
        { method: request.method ?? 'GET', headers: { ...request.headers, connection: 'close' }, agent: false },
        (incoming) => {
          const parts: Buffer[] = []
          incoming.on('data', (part: Buffer) => parts.push(part))
          incoming.on('error', fail)
          incoming.on('end', () => {
            const whole = Buffer.concat(parts)
            const headers = Object.fromEntries(
              Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]),
            )
            for (const name of ['transfer-encoding', 'connection', 'keep-alive']) delete headers[name]
            done({
              status: incoming.statusCode ?? 0,
              headers: { ...headers, 'content-length': String(whole.length) },
              body: whole,
            })
          })
        },
      )
      onward.on('error', fail)
      onward.end(body)
    })
  }
}
