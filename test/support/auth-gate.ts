import { foreign } from '../../src-contract/messages/message.ts'
import type { AppError } from '../../src-main/errors/app-error.ts'
import { AuthGate } from '../../src-main/http/auth-gate.ts'
import type { Finding } from '../../src-main/http/gate-pass.ts'
import type { StoredBlock } from '../../src-main/storage/server-table.ts'

/** The outcome of a request, as passed to the gate. */
export const ACCEPTED: Finding = { kind: 'accepted' }
export const REJECTED: Finding = { kind: 'blocked', reason: 'rejected', loginUrl: null }
export const NEVER_SENT: Finding = { kind: 'unsent', error: { code: 'net.unreachable', message: foreign('away') } }
export const LOST: Finding = { kind: 'lost', error: { code: 'net.unreachable', message: foreign('away') } }

/** The computer on which a gate is: its time, in milliseconds, and what the gate stored, which outlives it. */
export class GateHost {
  now = 0
  stored: StoredBlock | null = null
  readonly store = {
    load: (): StoredBlock | null => this.stored,
    save: (block: StoredBlock | null): AppError | null => {
      this.stored = block
      return null
    },
  }

  createGate(): AuthGate {
    return new AuthGate({
      store: this.store,
      clock: { now: () => this.now, elapsed: () => this.now, after: () => () => undefined },
    })
  }
}
