import { X509Certificate } from 'node:crypto'
import type { Certificate } from '#contract/certificates.ts'
import type { ServerId } from '#contract/ids.ts'
import { pemCertificates } from '#contract/pem.ts'
import type { SeenCertificate } from '../http/connection-trace.ts'
import { Signal } from '../signal.ts'
import type { StoredServer } from '../storage/server-table.ts'
import type { ServerRegistry } from './server-registry.ts'

/** A name may be of any length, and is shown. */
const MAX_SUBJECT = 200

/** The certificates of each server: those that connections were made with since the start, and those added to trust. */
export class Certificates {
  readonly changed = new Signal<[serverId: ServerId]>()
  readonly #seen = new Map<ServerId, ReadonlyMap<SeenCertificate['of'], Certificate>>()
  /** By server: its PEM text, and what stands in it. */
  readonly #added = new Map<ServerId, { readonly caPem: string; readonly certificates: readonly Certificate[] }>()

  constructor(registry: Pick<ServerRegistry, 'changed'>) {
    registry.changed.on((change) => {
      if (change.kind === 'removed' && change.serverId !== null) this.#forget(change.serverId)
      if (change.kind === 'updated' && change.isAddressChanged) this.#forget(change.serverId)
    })
  }

  /** A connection to the server was made with it. */
  seen(serverId: ServerId, { of, subject, validFrom, validTo }: SeenCertificate): void {
    // A date that cannot be read says nothing.
    if (Number.isNaN(validFrom) || Number.isNaN(validTo)) return
    const known = this.#seen.get(serverId)
    const certificate = { of, subject: subject.slice(0, MAX_SUBJECT), validFrom, validTo }
    const before = known?.get(of)
    if (before?.validTo === validTo && before.validFrom === validFrom && before.subject === certificate.subject) return
    this.#seen.set(serverId, new Map([...(known ?? []), [of, certificate]]))
    this.changed.emit(serverId)
  }

  /** Another proxy may be on the way from now on, or none. */
  routeChanged(): void {
    for (const [serverId, known] of this.#seen) {
      if (!known.has('proxy')) continue
      this.#seen.set(serverId, new Map([...known].filter(([of]) => of !== 'proxy')))
      this.changed.emit(serverId)
    }
  }

  /** The one that ends first comes first. */
  of(server: Pick<StoredServer, 'id' | 'caPem'>): Certificate[] {
    const seen = [...(this.#seen.get(server.id)?.values() ?? [])]
    return [...seen, ...this.#addedTo(server)].toSorted((a, b) => a.validTo - b.validTo)
  }

  #addedTo({ id, caPem }: Pick<StoredServer, 'id' | 'caPem'>): readonly Certificate[] {
    const known = this.#added.get(id)
    if (known?.caPem === caPem) return known.certificates
    const certificates = pemCertificates(caPem).flatMap((pem) => authorityOf(pem) ?? [])
    this.#added.set(id, { caPem, certificates })
    return certificates
  }

  #forget(serverId: ServerId): void {
    this.#seen.delete(serverId)
    this.#added.delete(serverId)
  }
}

/** Null for one that cannot be read; the connection says so. */
function authorityOf(pem: string): Certificate | null {
  try {
    const { subject, validFrom, validTo } = new X509Certificate(pem)
    const dates = { validFrom: Date.parse(validFrom), validTo: Date.parse(validTo) }
    if (Number.isNaN(dates.validFrom) || Number.isNaN(dates.validTo)) return null
    // As Node’s other functions have it, on one line.
    return { of: 'authority', subject: subject.split('\n').join(', ').slice(0, MAX_SUBJECT), ...dates }
  } catch {
    return null
  }
}
