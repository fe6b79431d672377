import { daysLeft, warningOf, type Certificate } from '#contract/certificates.ts'
import type { Server } from '#contract/servers.ts'
import { counted, t } from '../text/t.ts'

/** The certificate of a server that ends first, if the user is warned of it by `now`, epoch ms; otherwise null. */
export function endingOf({ certificates }: Pick<Server, 'certificates'>, now: number): Certificate | null {
  return certificates.find((certificate) => warningOf(certificate, now) !== null) ?? null
}

/** When a certificate ends, in days; `brief`: in a few words that follow the server’s name. */
export function certificateEnd(form: 'brief' | 'end', certificate: Certificate, now: number): string {
  const days = daysLeft(certificate, now)
  if (days < 0) return t(`servers.certificates.${form}.ended`)
  return days === 0 ? t(`servers.certificates.${form}.today`) : counted(`servers.certificates.${form}.days`, days)
}
