import { X509Certificate } from 'node:crypto'
import { enumerated, foreign, message, type Message } from '#contract/messages/message.ts'
import { pemCertificates } from '#contract/pem.ts'
import type { Settings } from '#contract/settings.ts'
import type { Clock } from '../clock.ts'
import { AppError } from '../errors/app-error.ts'
import { t } from '../text/say.ts'
import type { StoredServer } from '../storage/server-table.ts'

/** A question, in words, that only a person at this computer can answer with yes: it is asked at once. */
export interface Question {
  readonly message: string
  readonly detail: string
  /** The button that agrees. The other one cancels, and is the default. */
  readonly yes: string
}

export interface TrustGuardOptions {
  readonly settings: { get(): Settings }
  readonly registry: { all(): readonly StoredServer[] }
  /** Asks outside the page, which can neither see nor answer the question. */
  readonly confirm: (question: Question) => Promise<boolean>
  readonly clock: Pick<Clock, 'elapsed'>
}

/**
 * After a no, nothing is asked for the first of these times, then for twice as long after each further no, up to the
 * second: a page must not wear a person down.
 */
const FIRST_PAUSE_MS = 10_000
const MAX_PAUSE_MS = 60 * 60_000

/** A question names at most this many certificates or hosts. */
const MAX_NAMED = 5

/**
 * Keeps a script that got into the page from diverting stored passwords: whatever decides who can read them on their
 * way (an authority that vouches for a server, or a proxy in front of it) needs a yes that the page cannot give. The
 * address itself does not: a server whose origin changes loses its password.
 */
export class TrustGuard {
  readonly #options: TrustGuardOptions
  /** What the user has agreed to since the start: a test and saving after it need only one question. */
  readonly #agreed = new Set<string>()
  #isAsking = false
  /** Questions in a row that were answered with no. */
  #refusals = 0
  /** In terms of `elapsed`. */
  #askAgainAt = Number.NEGATIVE_INFINITY

  constructor(options: TrustGuardOptions) {
    this.#options = options
  }

  /**
   * Certificates to trust for a server that will be sent its stored credential. Rejects with `input.invalid` unless
   * agreed to.
   */
  async authorities(
    { id, name, baseUrl, credential, isDemo, caPem: before }: StoredServer,
    caPem: string,
  ): Promise<void> {
    if (credential === null || isDemo) return
    const known = new Set(pemCertificates(before).map(identify))
    const added = pemCertificates(caPem).filter(
      (pem) => !known.has(identify(pem)) && !this.#agreed.has(`${id} ${identify(pem)}`),
    )
    if (added.length === 0) return
    const { host } = new URL(baseUrl)
    await this.#ask('caPem', {
      message: t('shell.trust.certificates', { count: added.length, server: inLine(name) }),
      detail: [
        ...added.slice(0, MAX_NAMED).map(certificateText),
        ...(added.length > MAX_NAMED ? [t('shell.trust.more', { more: added.length - MAX_NAMED })] : []),
        credential.kind === 'token'
          ? t('shell.trust.sendsToken', { count: added.length, host })
          : t('shell.trust.sendsPassword', { count: added.length, host, user: inLine(credential.user) }),
        t('shell.trust.onlyCompared'),
      ].join('\n\n'),
      yes: t('shell.trust.yes'),
    })
    for (const pem of added) this.#agreed.add(`${id} ${identify(pem)}`)
  }

  /**
   * Changes settings by `set`, at once if nobody needs to be asked. A change that sends requests with stored
   * credentials through another proxy rejects with `input.invalid` unless agreed to. Nothing comes between the last
   * check and the change.
   */
  async settings<T>(change: Partial<Settings>, set: () => T): Promise<T> {
    const { settings, registry } = this.#options
    const proxy = newProxy(settings.get(), change)
    if (proxy === null || this.#agreed.has(proxy)) return set()
    const servers = registry.all().filter(({ credential, isDemo }) => credential !== null && !isDemo)
    if (servers.length === 0) return set()
    const inTheOpen = servers.filter(({ baseUrl }) => baseUrl.startsWith('http:'))
    const field = change.proxyAddress === undefined ? null : 'proxyAddress'
    await this.#ask(field, {
      message: t('shell.trust.proxy', { proxy: new URL(proxy).host }),
      detail: [
        t('shell.trust.carries', { hosts: hostsOf(servers) }),
        ...(inTheOpen.length > 0 ? [t('shell.trust.reads', { hosts: hostsOf(inTheOpen) })] : []),
        t('shell.trust.onlyEntered'),
      ].join('\n\n'),
      yes: t('shell.trust.useProxy'),
    })
    // The change must still be what was agreed to, whatever else was set in the meantime.
    if (newProxy(settings.get(), change) !== proxy) throw notAgreed(field)
    this.#agreed.add(proxy)
    return set()
  }

  /**
   * An address to open in the browser, which the page may have written. Rejects with `input.invalid` unless its origin
   * is agreed to: an address can carry away what the page knows.
   */
  async runbook(address: string): Promise<void> {
    const { origin, host } = new URL(address)
    if (this.#agreed.has(origin)) return
    await this.#ask(
      null,
      {
        message: t('shell.trust.runbook', { host }),
        detail: [inLine(address), t('shell.trust.onlyNoted')].join('\n\n'),
        yes: t('shell.trust.open'),
      },
      message('errors.notes.notOpened'),
    )
    this.#agreed.add(origin)
  }

  /** One question at a time: nobody must be made to click them away. */
  async #ask(field: keyof Settings | 'caPem' | null, question: Question, refused?: Message): Promise<void> {
    const { clock, confirm } = this.#options
    if (this.#isAsking) throw notAgreed(field, refused)
    const waitMs = this.#askAgainAt - clock.elapsed()
    if (waitMs > 0)
      throw notAgreed(field, refused ?? message('errors.trust.askAgain', { seconds: Math.ceil(waitMs / 1000) }))
    this.#isAsking = true
    try {
      if (await confirm(question)) {
        this.#refusals = 0
        return
      }
      this.#askAgainAt = clock.elapsed() + Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#refusals)
      this.#refusals += 1
      throw notAgreed(field, refused)
    } finally {
      this.#isAsking = false
    }
  }
}

function notAgreed(field: string | null, words: Message = message('errors.trust.notAgreed')): AppError {
  return new AppError('input.invalid', words, field === null ? {} : { fields: { [field]: words } })
}

/**
 * The origin of the proxy that requests would use from then on; null if it stays the same, or is not named by the page.
 */
function newProxy(before: Settings, change: Partial<Settings>): string | null {
  const used = (settings: Settings): string | null =>
    settings.proxyMode === 'manual' && settings.proxyAddress !== '' ? new URL(settings.proxyAddress).origin : null
  const after = used({ ...before, ...change })
  return after === used(before) ? null : after
}

function hostsOf(servers: readonly StoredServer[]): Message {
  const hosts = [...new Set(servers.map(({ baseUrl }) => new URL(baseUrl).host))]
  const rest = hosts.length - MAX_NAMED
  const named = enumerated(hosts.slice(0, MAX_NAMED).map(foreign)) ?? foreign('')
  return rest > 0 ? message('shell.trust.hostsMore', { named, rest }) : named
}

/** The same certificate has the same key, however its text is laid out. One that cannot be read only equals itself. */
function identify(pem: string): string {
  return read(pem)?.fingerprint256 ?? pem
}

function certificateText(pem: string): string {
  const certificate = read(pem)
  if (certificate === null) return t('shell.trust.unreadable')
  const { subject, issuer, validTo, fingerprint256 } = certificate
  return [
    inLine(subject),
    t('shell.trust.issued', { issuer: inLine(issuer), until: validTo }),
    t('shell.trust.fingerprint', { fingerprint: fingerprint256 }),
  ].join('\n')
}

function read(pem: string): X509Certificate | null {
  try {
    return new X509Certificate(pem)
  } catch {
    return null
  }
}

/** Whoever wrote a certificate or a name must not be able to lay out the question. */
function inLine(text: string): string {
  return text
    .replace(/[\s\p{C}\p{Z}]+/gu, ' ')
    .trim()
    .slice(0, 160)
}
