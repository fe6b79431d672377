import * as v from 'valibot'
import { daysLeft, warningOf, type Certificate } from '#contract/certificates.ts'
import type { ServerId } from '#contract/ids.ts'
import { foreign, message, type Message } from '#contract/messages/message.ts'
import type { Clock } from '../clock.ts'
import { logFault } from '../logging/fault.ts'
import type { Logger } from '../logging/logger.ts'
import type { NotificationCenter } from './notification-center.ts'
import type { SettingTable } from '../storage/setting-table.ts'
import type { StoredServer } from '../storage/server-table.ts'
import type { Certificates } from '../servers/certificates.ts'
import type { ServerRegistry } from '../servers/server-registry.ts'

/** Between two checks: a timer may pause while the computer sleeps. */
const EVERY_MS = 60 * 60_000
/** From this warning on it is bad. */
const URGENT_DAYS = 3
/** How long a certificate that has ended is remembered, in ms: nobody may have removed it. */
const KEPT_MS = 90 * 86_400_000

/** Stored beside the settings but not one of them: no channel reads or writes it. */
const NAME = 'certificateWarnings'
/** By certificate: the last warning, in days before its end, and that end in epoch ms. */
const givenSchema = v.record(v.string(), v.object({ days: v.number(), validTo: v.number() }))
type Given = v.InferOutput<typeof givenSchema>

export interface CertificateWatchOptions {
  readonly registry: Pick<ServerRegistry, 'all' | 'find'>
  readonly certificates: Pick<Certificates, 'of' | 'changed'>
  readonly notifications: Pick<NotificationCenter, 'raise'>
  readonly table: Pick<SettingTable, 'all' | 'put'>
  readonly clock: Clock
  readonly logger: Logger
}

/** Warns of certificates that end soon: once on each of the days that `warningOf` names, over restarts. */
export class CertificateWatch {
  readonly #options: CertificateWatchOptions
  #given: Given | null = null
  #cancel: (() => void) | null = null

  constructor(options: CertificateWatchOptions) {
    this.#options = options
    options.certificates.changed.on((serverId) => {
      const server = this.#cancel === null ? null : options.registry.find(serverId)
      if (server !== null) this.#check([server])
    })
  }

  start(): void {
    this.stop()
    this.#check(this.#options.registry.all())
    this.#cancel = this.#options.clock.after(EVERY_MS, () => this.start())
  }

  stop(): void {
    this.#cancel?.()
    this.#cancel = null
  }

  #check(servers: readonly StoredServer[]): void {
    const { certificates, clock, table } = this.#options
    const now = clock.now()
    const before = (this.#given ??= storedIn(table))
    const given: Given = Object.fromEntries(Object.entries(before).filter(([, { validTo }]) => validTo + KEPT_MS > now))
    for (const server of servers) {
      for (const certificate of certificates.of(server)) {
        const days = warningOf(certificate, now)
        const id = idOf(server.id, certificate)
        if (days === null || (given[id]?.days ?? Number.POSITIVE_INFINITY) <= days) continue
        given[id] = { days, validTo: certificate.validTo }
        this.#warn(server, certificate, days)
      }
    }
    this.#given = given
    if (JSON.stringify(given) !== JSON.stringify(before)) this.#store(given)
  }

  #warn({ id, name }: StoredServer, certificate: Certificate, days: number): void {
    const { notifications, clock } = this.#options
    const { of, subject, validTo } = certificate
    notifications.raise({
      kind: 'certificate',
      tone: days <= URGENT_DAYS ? 'bad' : 'attention',
      // That of a proxy is not one server's.
      ...(of === 'proxy' ? { serverId: '', key: subject } : { serverId: id, key: null }),
      title: titleOf(of, name, daysLeft(certificate, clock.now())),
      text: message('notifications.alarms.certificate.text', { subject: foreign(subject), until: { at: validTo } }),
    })
  }

  #store(given: Given): void {
    try {
      this.#options.table.put(NAME, given)
    } catch (error) {
      // The next start warns again.
      logFault(this.#options.logger, 'warning of a certificate not stored', error)
    }
  }
}

function titleOf(of: Certificate['of'], server: string, days: number): Message {
  if (days < 0) return message(`notifications.alarms.certificate.ended.${of}`, { server })
  if (days === 0) return message(`notifications.alarms.certificate.today.${of}`, { server })
  return message(`notifications.alarms.certificate.days.${of}`, { server, count: days })
}

/** A proxy’s certificate is one, however many servers are behind it. */
function idOf(serverId: ServerId, { of, subject, validTo }: Certificate): string {
  return of === 'proxy' ? `proxy ${validTo} ${subject}` : `${serverId} ${of} ${validTo} ${subject}`
}

function storedIn(table: Pick<SettingTable, 'all'>): Given {
  const stored = v.safeParse(givenSchema, table.all()[NAME])
  return stored.success ? stored.output : {}
}
