import * as v from 'valibot'

const DAY_MS = 86_400_000
/** How many days before its end the user is warned, the first time at the latest in the last third of its life. */
const WARNED_DAYS = [30, 14, 3] as const
const LAST_PART = 3

/** A certificate that connections to a server rely on. Dates in epoch ms. */
export const certificateSchema = v.object({
  /** The server’s own, that of the proxy on the way, or one that the user added to trust. */
  of: v.picklist(['server', 'proxy', 'authority']),
  subject: v.string(),
  validFrom: v.number(),
  validTo: v.number(),
})
export type Certificate = v.InferOutput<typeof certificateSchema>

/** Whole days until it ends; negative if it has ended. */
export function daysLeft({ validTo }: Pick<Certificate, 'validTo'>, now: number): number {
  return Math.floor((validTo - now) / DAY_MS)
}

/**
 * The last warning that is due: so many days before its end. Null before the first. A certificate that is made for a
 * shorter time than 90 days is renewed later, and so its first warning comes later.
 */
export function warningOf({ validFrom, validTo }: Certificate, now: number): number | null {
  const lastThird = (validTo - validFrom) / DAY_MS / LAST_PART
  const [most] = WARNED_DAYS
  const first = Math.min(most, lastThird)
  const due = [first, ...WARNED_DAYS.filter((days) => days < first)].filter((days) => validTo - now <= days * DAY_MS)
  return due.at(-1) ?? null
}
