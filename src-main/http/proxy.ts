import { isIP } from 'node:net'
import type { Settings } from '#contract/settings.ts'
import { AppError } from '../errors/app-error.ts'

/** Where a request goes, and why. */
export interface Way {
  /** The proxy that it goes to first; its address may carry the proxy's user and password. Null: straight to its host. */
  readonly proxy: URL | null
  /** For people; without names and secrets. */
  readonly reason: string
  /** What the reason is about: the proxy, or the exception. */
  readonly about?: string
}

export interface ProxiesOptions {
  readonly settings: () => Settings
  /** The operating system's answer for an address, as `PROXY host:port; DIRECT` (the result of a PAC file). */
  readonly resolveSystemProxy: (address: string) => Promise<string>
  /** The proxy's password, asked for only where a user is set. Rejects with `vault.*`; never empty in place of one that cannot be read. */
  readonly password: () => Promise<string>
}

/** Decides for every request by which way it goes: the only place that knows of proxies. */
export class Proxies {
  readonly #options: ProxiesOptions

  constructor(options: ProxiesOptions) {
    this.#options = options
  }

  /** Rejects with `net.proxy` where the system names a kind of proxy that Syncdeck cannot use. */
  async wayTo(url: URL): Promise<Way> {
    const { settings, resolveSystemProxy, password } = this.#options
    const { proxyMode, proxyAddress, proxyUser, proxyExceptions } = settings()
    if (proxyMode === 'none') return directly('the settings say that no proxy is used')
    if (isThisComputer(url.hostname)) return directly('the address is this computer')
    if (proxyMode === 'system') return readPacResult(await resolveSystemProxy(url.origin))
    if (proxyAddress === '') return directly('the settings name no proxy')
    const exception = exceptionFor(url.hostname, proxyExceptions)
    if (exception !== null) return { ...directly('the settings make an exception'), about: exception }
    const proxy = new URL(proxyAddress)
    const reason = 'By the proxy that the settings name'
    if (proxyUser === '') return { proxy, reason, about: proxy.host }
    proxy.username = encodeURIComponent(proxyUser)
    proxy.password = encodeURIComponent(await password())
    return { proxy, reason: `${reason}, with a user`, about: proxy.host }
  }
}

function directly(because: string): Way {
  return { proxy: null, reason: `Directly: ${because}` }
}

/** The first usable entry of a PAC result: `DIRECT`, `PROXY host:port`, `HTTPS host:port`, and `SOCKS…`, which is not supported. */
export function readPacResult(result: string): Way {
  const by = (proxy: URL): Way => ({ proxy, reason: 'By the proxy that the operating system names', about: proxy.host })
  let unsupported = ''
  for (const entry of result.split(';')) {
    const [kind = '', address = ''] = entry.trim().split(/\s+/)
    switch (kind.toUpperCase()) {
      case 'DIRECT':
        return directly('the operating system names no proxy')
      case 'PROXY':
      case 'HTTP':
        return by(new URL(`http://${address}`))
      case 'HTTPS':
        return by(new URL(`https://${address}`))
      case '':
        break
      default:
        unsupported = entry.trim()
    }
  }
  if (unsupported === '') return directly('the operating system names no proxy')
  throw new AppError('net.proxy', `The system’s proxy is of a kind that Syncdeck cannot use: ${unsupported}.`, {
    advice: 'Enter an HTTP proxy in the settings.',
  })
}

/** Which of the exceptions names `host`: hosts, and domains with a leading dot, separated by commas. Null for none. */
export function exceptionFor(host: string, exceptions: string): string | null {
  const name = host.toLowerCase()
  const found = exceptions
    .split(/[,\s]+/)
    .map((entry) => entry.trim().toLowerCase().replace(/^\*(?=\.)/, ''))
    .find((entry) => entry !== '' && (entry.startsWith('.') ? name.endsWith(entry) || name === entry.slice(1) : name === entry))
  return found ?? null
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
