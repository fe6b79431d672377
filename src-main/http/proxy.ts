import { isIP } from 'node:net'
import type { Settings } from '#contract/settings.ts'
import { AppError } from '../errors/app-error.ts'

/** Where a request goes: straight to its host, or to this proxy first. The address may carry the proxy's user and password. */
export type ProxyRoute = URL | null

export interface ProxiesOptions {
  readonly settings: () => Settings
  /** The operating system's answer for an address, as `PROXY host:port; DIRECT` (the result of a PAC file). */
  readonly resolveSystemProxy: (address: string) => Promise<string>
  /** The proxy's password; empty where there is none. Rejects with `vault.*`. */
  readonly password: () => Promise<string>
}

/** Decides for every request by which way it goes: the only place that knows of proxies. */
export class Proxies {
  readonly #options: ProxiesOptions

  constructor(options: ProxiesOptions) {
    this.#options = options
  }

  /** Rejects with `net.proxy` where the system names a kind of proxy that Syncdeck cannot use. */
  async routeFor(url: URL): Promise<ProxyRoute> {
    const { settings, resolveSystemProxy, password } = this.#options
    const { proxyMode, proxyAddress, proxyUser, proxyExceptions } = settings()
    if (proxyMode === 'none' || isThisComputer(url.hostname)) return null
    if (proxyMode === 'system') return readPacResult(await resolveSystemProxy(url.origin))
    if (proxyAddress === '' || isException(url.hostname, proxyExceptions)) return null
    const route = new URL(proxyAddress)
    if (proxyUser !== '') {
      route.username = encodeURIComponent(proxyUser)
      route.password = encodeURIComponent(await password())
    }
    return route
  }
}

/** The first usable entry of a PAC result: `DIRECT`, `PROXY host:port`, `HTTPS host:port`, and `SOCKS…`, which is not supported. */
export function readPacResult(result: string): ProxyRoute {
  let unsupported = ''
  for (const entry of result.split(';')) {
    const [kind = '', address = ''] = entry.trim().split(/\s+/)
    switch (kind.toUpperCase()) {
      case 'DIRECT':
        return null
      case 'PROXY':
      case 'HTTP':
        return new URL(`http://${address}`)
      case 'HTTPS':
        return new URL(`https://${address}`)
      case '':
        break
      default:
        unsupported = entry.trim()
    }
  }
  if (unsupported === '') return null
  throw new AppError('net.proxy', `The system’s proxy is of a kind that Syncdeck cannot use: ${unsupported}.`, {
    advice: 'Enter an HTTP proxy in the settings.',
  })
}

/** Whether `host` is among the exceptions: hosts, and domains with a leading dot, separated by commas. */
export function isException(host: string, exceptions: string): boolean {
  const name = host.toLowerCase()
  return exceptions
    .split(/[,\s]+/)
    .map((entry) => entry.trim().toLowerCase().replace(/^\*(?=\.)/, ''))
    .some((entry) => entry !== '' && (entry.startsWith('.') ? name.endsWith(entry) || name === entry.slice(1) : name === entry))
}

function isThisComputer(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, '')
  return name === 'localhost' || name.endsWith('.localhost') || name === '::1' || (isIP(name) === 4 && name.startsWith('127.'))
}

/** A failure on the way through a proxy. `status`: what it answered; null where it could not be reached. */
export function proxyError(route: URL, status: number | null): AppError {
  if (status === 407) {
    return new AppError('net.proxy', `The proxy ${route.host} demands a user and a password.`, { advice: 'Enter them in the settings, under Network.' })
  }
  return new AppError(
    'net.proxy',
    status === null ? `The proxy ${route.host} cannot be reached.` : `The proxy ${route.host} did not connect to the server (HTTP ${status}).`,
    { advice: 'Check the proxy in the settings, under Network, and whether this computer is on the right network.' },
  )
}
