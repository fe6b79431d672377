import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { connect, createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { until } from '../../tools/until.ts'
import { scratchFolder } from './scratch.ts'

export interface Tinyproxy {
  readonly address: string
  readonly host: string
  /** Its log: every request as it came, and its result. */
  log(): string
}

/**
 * Tinyproxy, a forward proxy as companies run them, on loopback until the test ends. `hosts` are names that it alone
 * knows, by nss_wrapper; they lead to this computer. `credentials` as `user:password`; `connectPorts`: the only ones it
 * tunnels to.
 */
export async function startTinyproxy({
  hosts,
  credentials,
  connectPorts = [],
}: {
  hosts: readonly string[]
  credentials?: string
  connectPorts?: readonly number[]
}): Promise<Tinyproxy> {
  const folder = scratchFolder()
  const port = await freePort()
  const [file, logFile, hostsFile] = [
    join(folder, 'tinyproxy.conf'),
    join(folder, 'tinyproxy.log'),
    join(folder, 'hosts'),
  ]
  writeFileSync(hostsFile, hosts.map((host) => `127.0.0.1 ${host}\n`).join(''))
  writeFileSync(
    file,
    [
      `Port ${port}`,
      'Listen 127.0.0.1',
      'Timeout 30',
      'LogLevel Connect',
      `LogFile "${logFile}"`,
      'Allow 127.0.0.1',
      ...(credentials === undefined ? [] : [`BasicAuth ${credentials.replace(':', ' ')}`]),
      ...connectPorts.map((allowed) => `ConnectPort ${allowed}`),
    ].join('\n'),
  )
  const child = spawn('tinyproxy', ['-d', '-c', file], {
    env: { ...process.env, LD_PRELOAD: 'libnss_wrapper.so', NSS_WRAPPER_HOSTS: hostsFile },
    stdio: 'ignore',
  })
  const ended = new Promise<void>((done) => child.once('close', () => done()))
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await ended
  })
  await until('tinyproxy listens', () => isListening(port))
  const host = `127.0.0.1:${port}`
  return { address: `http://${host}`, host, log: () => readFileSync(logFile, 'utf8') }
}

function freePort(): Promise<number> {
  return new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => done(port))
    })
  })
}

function isListening(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(port, '127.0.0.1')
    socket
      .once('connect', () => done(true))
      .once('error', () => done(false))
      .once('close', () => socket.destroy())
    socket.once('connect', () => socket.destroy())
  })
}
