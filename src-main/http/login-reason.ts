/** The headers of an answer; their names in lower case. */
interface Headers {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}

/**
 * What Seraph says about the log-in, in capitals; empty if it says nothing. Several of its filters may do so, in one
 * line or in several: `OK` only if all of them say so.
 */
export function loginReasonOf({ headers }: Headers): string {
  const reasons = [headers['x-seraph-loginreason'] ?? ''].flat().join(',').toUpperCase().split(',')
  return [...new Set(reasons.map((reason) => reason.trim()))].filter((reason) => reason !== '').join(', ')
}
