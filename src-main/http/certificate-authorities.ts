import { X509Certificate } from 'node:crypto'
import { createSecureContext, getCACertificates, type DetailedPeerCertificate, type SecureContext } from 'node:tls'
import { message, type Message } from '#contract/messages/message.ts'
import { pemCertificates } from '#contract/pem.ts'

type Source = 'bundled' | 'system' | 'own'

let defaults: {
  readonly bundled: readonly string[]
  readonly system: readonly string[]
  readonly all: readonly string[]
} | null = null
/**
 * Reading the default authorities takes some 60 ms each time: connections that trust the same ones share what was read.
 * The key is the server's own certificates.
 */
const contexts = new Map<string, SecureContext>()
/** How many are kept; older ones have to be read again. */
const MAX_CONTEXTS = 20
/** Fingerprints of the default authorities, computed for the first chain. */
let defaultSources: ReadonlyMap<string, Source> | null = null

/**
 * The certificates that one server's connections trust: the bundled authorities, those of the operating system, and the
 * server's own. Node's `ca` option replaces the defaults, so they have to be named again.
 */
export class CertificateAuthorities {
  /** For Node's `ca` option. */
  readonly pems: string[]
  readonly #own: readonly string[]

  constructor(ownPem: string) {
    defaults ??= readDefaults()
    this.#own = pemCertificates(ownPem)
    // Only what can be shown: from the same text, OpenSSL would also take certificates under other headings.
    this.pems = [...defaults.all, ...this.#own]
  }

  /**
   * For Node's `secureContext` option: the same trust as `pems`, but read once and not for each connection. A
   * certificate of the server's own that the user trusts need not be one of an authority.
   */
  get secureContext(): SecureContext {
    const own = this.#own.join('\n')
    const context =
      contexts.get(own) ?? createSecureContext({ ca: this.pems, allowPartialTrustChain: this.#own.length > 0 })
    contexts.delete(own)
    contexts.set(own, context)
    for (const oldest of [...contexts.keys()].slice(0, -MAX_CONTEXTS)) contexts.delete(oldest)
    return context
  }

  /** The number of authorities of each kind. */
  summary(): Message {
    const { bundled = [], system = [] } = defaults ?? {}
    return message('diagnosis.trace.authorities', {
      bundled: bundled.length,
      system: system.length,
      own: this.#own.length,
    })
  }

  /** The authority that a verified chain is trusted by. */
  whoTrusts(leaf: DetailedPeerCertificate): Message {
    defaultSources ??= new Map([
      ...sources(defaults?.bundled ?? [], 'bundled'),
      ...sources(defaults?.system ?? [], 'system'),
    ])
    const known = new Map([...defaultSources, ...sources(this.#own, 'own')])
    for (const { fingerprint256 } of chainOf(leaf)) {
      const source = known.get(fingerprint256)
      if (source !== undefined) return message(`diagnosis.trace.trustedBy.${source}`)
    }
    return message('diagnosis.trace.trustedBy.known')
  }
}

function readDefaults(): NonNullable<typeof defaults> {
  const [bundled, system] = [getCACertificates('bundled'), getCACertificates('system')]
  return { bundled, system, all: [...new Set([...bundled, ...system])] }
}

function sources(pems: readonly string[], source: Source): [string, Source][] {
  return pems.flatMap((pem): [string, Source][] => {
    try {
      return [[new X509Certificate(pem).fingerprint256, source]]
    } catch {
      // A chain that cannot be read is trusted by nothing.
      return []
    }
  })
}

/** From the server's own certificate upwards; a root is issued by itself. */
function chainOf(leaf: DetailedPeerCertificate): DetailedPeerCertificate[] {
  const chain = new Set<DetailedPeerCertificate>()
  for (
    let next: DetailedPeerCertificate | undefined = leaf;
    next?.fingerprint256 !== undefined && !chain.has(next);
    next = next.issuerCertificate
  )
    chain.add(next)
  return [...chain]
}

/** `CN=jira.example, O=Example`; a name may contain any text, and several of a kind. */
export function nameOf(name: Readonly<Record<string, string | string[] | undefined>>): string {
  return Object.entries(name)
    .map(([kind, value]) => `${kind}=${Array.isArray(value) ? value.join(' + ') : (value ?? '')}`)
    .join(', ')
}
