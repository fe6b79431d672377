import { createServer, request as httpRequest, type IncomingMessage } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

export interface ProxyServer {
  readonly address: string
  readonly host: string
  /** `CONNECT host:port` and `GET http://…` as they came. */
  readonly seen: string[]
  /** Headers of everything that came. */
  readonly headers: IncomingMessage['headers'][]
  /** How often something was denied. */
  denied(): number
  /** Another password is right as soon as so many more have come. Tunnels end. */
  changePassword(credentials: string, afterMore?: number): void
}

/**
 * A forward proxy on loopback, with tunnels for HTTPS. Whatever host is asked for, it connects to this computer, so
 * that servers can have names that only the proxy knows.
 */
export async function startProxy(
  options: {
    credentials?: string
    deniesWith?: number
    /** It denies without a demand for another log-in. */
    isSilent?: boolean
    refusesWith?: number
    tls?: { key: string; cert: string }
  } = {},
): Promise<ProxyServer> {
  const seen: string[] = []
  const headers: IncomingMessage['headers'][] = []
  const sockets = new Set<Socket>()
  const tunnels = new Set<Socket>()
  let { credentials } = options
  let change = { credentials, at: Number.POSITIVE_INFINITY }
  let denied = 0
  const isAllowed = (request: IncomingMessage): boolean => {
    if (headers.length > change.at) credentials = change.credentials
    const isRight =
      credentials === undefined ||
      request.headers['proxy-authorization'] === `Basic ${Buffer.from(credentials).toString('base64')}`
    if (!isRight) denied += 1
    return isRight
  }
  const note = (request: IncomingMessage): void => {
    seen.push(`${request.method} ${request.url}`)
    headers.push(request.headers)
  }
  const server = options.tls ? createHttpsServer(options.tls) : createServer()
  server.on('request', (request: IncomingMessage, response) => {
    note(request)
    if (!isAllowed(request))
      return response
        .writeHead(options.deniesWith ?? 407, options.isSilent ? {} : { 'Proxy-Authenticate': 'Basic' })
        .end('<html>Who are you?</html>')
    const { port, pathname, search } = new URL(request.url ?? '')
    const { 'proxy-authorization': _own, ...rest } = request.headers
    const onward = httpRequest(
      { host: '127.0.0.1', port, path: pathname + search, method: request.method, headers: rest },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(response)
      },
    )
    onward.on('error', () => response.writeHead(502).end())
    request.pipe(onward)
  })
  server.on('connect', (request: IncomingMessage, socket: Socket) => {
    note(request)
    if (!isAllowed(request))
      return socket.end(
        `HTTP/1.1 ${options.deniesWith ?? 407} Denied\r\n${options.isSilent ? '' : 'Proxy-Authenticate: Basic\r\n'}Content-Type: text/html\r\n\r\n<html>Who are you?</html>`,
      )
    if (options.refusesWith !== undefined)
      return socket.end(
        `HTTP/1.1 ${options.refusesWith} Refused\r\nContent-Type: text/html\r\n\r\n<html>A log-in page</html>`,
      )
    const onward = connect(Number(request.url?.split(':').at(-1)), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      onward.pipe(socket).pipe(onward)
    })
    sockets.add(onward)
    tunnels.add(socket)
    for (const end of [onward, socket]) end.on('error', () => onward.destroy())
  })
  server.on('connection', (socket: Socket) => sockets.add(socket))
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((done) => server.close(done))
  })
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    address: `http${options.tls ? 's' : ''}://${host}`,
    host,
    seen,
    headers,
    denied: () => denied,
    changePassword: (another, afterMore = 0) => {
      change = { credentials: another, at: headers.length + afterMore }
      for (const tunnel of tunnels) tunnel.destroy()
    },
  }
}
