import { foreign } from '../../src-contract/messages/message.ts'
import { AppError } from '../../src-main/errors/app-error.ts'
import { ProxyGate, type StoredProxyGate } from '../../src-main/http/proxy-gate.ts'
import type { ProxyPass } from '../../src-main/http/proxy-pass.ts'
import { SimulatedClock } from './simulated-clock.ts'

/** `entered`, or the code of what it rejects with. */
export const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'entered',
    (error: unknown) => (error instanceof AppError ? error.code : error),
  )

/** A gate on simulated time, what it stored, and what it reported; `restart` makes another one from what was stored. */
export function proxyGateScene(stored: StoredProxyGate | null = null) {
  const clock = new SimulatedClock()
  const kept = { state: stored, isFull: false }
  const told: string[] = []
  const open = () => {
    const gate = new ProxyGate({
      host: 'proxy.example:3128',
      user: 'me',
      clock,
      store: {
        load: () => kept.state,
        save: (state) => {
          if (kept.isFull) return new AppError('storage.failed', foreign('full'))
          kept.state = state
          return null
        },
      },
    })
    gate.closed.on(({ message }) => told.push(message))
    return gate
  }
  return { clock, kept, told, gate: open(), restart: open }
}

/** Waits for permission to send the password on the way to a server. */
export const enter = async (gate: ProxyGate, target = 'jira.example:443'): Promise<ProxyPass> =>
  gate.logIn().enter(target)
/** The same; answers `entered`, or the code of the refusal. */
export const attempt = (gate: ProxyGate, target?: string): Promise<unknown> => codeOf(enter(gate, target))
