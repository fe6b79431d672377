import type { Clock } from '../clock.ts'
import type { Session } from './session.ts'
import type { Transport } from './transport.ts'

/** How long a log-out may take: nothing depends on it. */
const LOG_OUT_MS = 1_000

/** Tries for a second to end on its server whatever was opened there, and forgets it. Never rejects; the transport is closed. */
export async function logOut(session: Session, transport: Transport, clock: Pick<Clock, 'after'>): Promise<void> {
  const cookies = session.leave()
  const controller = new AbortController()
  const cancel = clock.after(LOG_OUT_MS, () => controller.abort())
  // Where it fails, the session ends by itself after some hours without use.
  await Promise.allSettled(
    cookies.map((cookie) =>
      transport.send({
        method: 'DELETE',
        url: session.resource,
        headers: { accept: 'application/json', 'x-atlassian-token': 'no-check', cookie },
        body: null,
        maxBytes: 65_536,
        signal: controller.signal,
      }),
    ),
  )
  cancel()
  transport.close()
}
