import type { Account, SimulatedJira } from '../../src-simulator/index.ts'

/** A system administrator whose password is the name, and whose token is `<name>-token`. */
export const account = (name: string, more: Partial<Account> = {}): Account => ({
  name,
  password: name,
  tokens: [`${name}-token`],
  role: 'system-administrator',
  projects: [],
  ...more,
})

export const basic = (user: string, password = user): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`

/** An answer as it came, with what it says about the log-in. */
export interface HandAnswer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** `X-AUSERNAME` and `X-Seraph-LoginReason`. */
  readonly who: readonly [string | null, string | null]
  readonly setCookies: readonly string[]
  json(): Record<string, unknown>
}

/**
 * Asks a simulated Jira over plain HTTP, never through the client, whose reading must not be shared. `path` is below
 * Jira's address. Nothing is kept between calls: cookies are the caller's to send.
 */
export async function ask(
  jira: SimulatedJira,
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: string,
): Promise<HandAnswer> {
  // A connection kept from before a restart would fail, not the request.
  const response = await fetch(`${jira.baseUrl}${path}`, {
    method,
    headers: { connection: 'close', ...headers },
    redirect: 'manual',
    ...(body !== undefined && { body }),
  })
  const text = await response.text()
  return {
    status: response.status,
    headers: response.headers,
    text,
    who: [response.headers.get('x-ausername'), response.headers.get('x-seraph-loginreason')],
    setCookies: response.headers.getSetCookie(),
    json: () => JSON.parse(text) as Record<string, unknown>,
  }
}

/** `name=value` pairs of an answer's `Set-Cookie` lines, as a client sends them back. */
export const cookiesToSend = ({ setCookies }: HandAnswer): string =>
  setCookies.map((line) => line.split(';')[0]).join('; ')
