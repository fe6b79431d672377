import { message } from '#contract/messages/message.ts'
import type { ServerTested, TestStep } from '#contract/diagnosis.ts'
import type { ServerId } from '#contract/ids.ts'
import type { Server } from '#contract/servers.ts'
import { toErrorData } from '../errors/app-error.ts'
import { keyOf } from '../servers/identity.ts'

export interface TestOfAllOptions {
  /** A server as the user sees it; null once it has left the list. */
  readonly find: (serverId: ServerId) => Server | null
  /** The entry, if any, where this server's account met a failure: nothing else logs in with it. */
  readonly closedAt: (server: Server) => { readonly id: string; readonly name: string } | null
  readonly diagnose: (serverId: ServerId, withLogIn: boolean) => Promise<TestStep[]>
}

type Outcome = Omit<ServerTested, 'serverId'>

/** So that a server that does not answer does not delay many others. */
const AT_ONCE = 3

/**
 * Tests several saved servers. Each identity logs in to at most one of them: an outdated password costs its account one
 * refusal. Nothing is tried if the account's gate is already closed, or if there is no password.
 */
export class TestOfAll {
  readonly #options: TestOfAllOptions
  /** The servers that the test under way has not reached yet. */
  #waiting: string[] = []

  constructor(options: TestOfAllOptions) {
    this.#options = options
  }

  /** Reports each result, and resolves once no test is running. An earlier run that has not ended is cancelled. */
  async run(serverIds: readonly ServerId[], onTested: (tested: ServerTested) => void): Promise<void> {
    this.stop()
    const waiting = [...new Set(serverIds)]
    this.#waiting = waiting
    /** By identity: the name of the server where it logs in. */
    const logIns = new Map<string, string>()
    const work = async (): Promise<void> => {
      for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
        const server = this.#options.find(id)
        if (server !== null) onTested({ serverId: id, ...(await this.#test(server, logIns)) })
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, work))
  }

  /** Starts no other server. */
  stop(): void {
    this.#waiting.length = 0
  }

  async #test(server: Server, logIns: Map<string, string>): Promise<Outcome> {
    const instead = this.#insteadOfLogIn(server, logIns)
    try {
      return outcomeOf(server, await this.#options.diagnose(server.id, instead === null), instead)
    } catch (error) {
      return { verdict: 'failed', message: toErrorData(error).message }
    }
  }

  /** Null if it logs in, which is then recorded. */
  #insteadOfLogIn(server: Server, logIns: Map<string, string>): Outcome | null {
    const { id, name, baseUrl, credential } = server
    if (credential === null || credential.kept === 'missing')
      return { verdict: 'warning', message: message('diagnosis.all.noPassword') }
    const closed = this.#options.closedAt(server)
    if (closed?.id === id) return { verdict: 'warning', message: message('diagnosis.all.closed') }
    if (closed !== null)
      return { verdict: 'warning', message: message('diagnosis.all.closedElsewhere', { server: closed.name }) }
    const identity = keyOf({ baseUrl, ...credential })
    const other = logIns.get(identity)
    if (other !== undefined)
      return { verdict: 'passed', message: message('diagnosis.all.elsewhere', { server: other }) }
    logIns.set(identity, name)
    return null
  }
}

/**
 * The result of a test: the first step that failed; otherwise why nothing logged in, if the user has to act; otherwise
 * the first warning. A log-in that was not tried after all counts as a warning; unencrypted http does not, if the user
 * has agreed to it.
 */
function outcomeOf({ baseUrl }: Server, steps: readonly TestStep[], instead: Outcome | null): Outcome {
  const isPlain = baseUrl.startsWith('http:')
  const failed = steps.find(({ verdict }) => verdict === 'failed')
  if (failed !== undefined) return { verdict: 'failed', message: failed.message }
  if (instead?.verdict === 'warning') return instead
  const doubtful = steps.find(
    ({ step, verdict }) =>
      (verdict === 'warning' && !(isPlain && step === 'tls')) ||
      (verdict === 'skipped' && step === 'login' && instead === null),
  )
  if (doubtful !== undefined) return { verdict: 'warning', message: doubtful.message }
  return instead ?? { verdict: 'passed', message: message('diagnosis.all.well') }
}
