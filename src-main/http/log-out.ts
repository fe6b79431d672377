import type { Clock } from '../clock.ts'
import type { Session } from './session.ts'
import type { Transport } from './transport.ts'

/** Jira's resource for the current session (Jira's REST API, `auth/1/session`). */
const SESSION_PATH = '/rest/auth/1/session'
/** How long a log-out may take: nothing depends on it. */
const LOG_OUT_MS = 1_000

/** Tries for a second to end a session on its server, and forgets it. Never rejects; the transport is closed. */
export async function logOut(
  session: Session,
  baseUrl: URL,
  transport: Transport,
  clock: Pick<Clock, 'after'>,
): Promise<void> {
  const url = new URL(baseUrl.href.replace(/\/$/, '') + SESSION_PATH)
  const cookie = session.isOpen ? session.cookies.header(url, { withSession: true }) : null
  session.drop()
  session.cookies.clear()
  const controller = new AbortController()
  const cancel = clock.after(LOG_OUT_MS, () => controller.abort())
  try {
    if (cookie === null) return
    await transport.send({
      method: 'DELETE',
      url,
      headers: { accept: 'application/json', 'x-atlassian-token': 'no-check', cookie },
      body: null,
      maxBytes: 65_536,
      signal: controller.signal,
    })
  } catch {
    // The session ends by itself after some hours without use.
  } finally {
    cancel()
    transport.close()
  }
}
