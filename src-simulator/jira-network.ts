import type { LogIn } from './log-in.ts'

/** A Jira as others reach it. */
export interface Neighbour {
  readonly logIn: LogIn
  /** False: nobody answers at its addresses. */
  readonly isThere: () => boolean
}

/**
 * Which Jira an address leads to. Jiras that are given the same network reach each other, and themselves, by any of
 * their addresses.
 */
export class JiraNetwork {
  readonly #neighbours = new Map<string, Neighbour>()

  /** `address`: a base URL, with the context path. */
  add(address: string, neighbour: Neighbour): void {
    this.#neighbours.set(plain(address), neighbour)
  }

  /** Null if nobody answers. */
  at(address: string): LogIn | null {
    const neighbour = this.#neighbours.get(plain(address))
    return neighbour?.isThere() === true ? neighbour.logIn : null
  }
}

/** Without a slash at its end, and with scheme and host in lower case. */
function plain(address: string): string {
  return (URL.canParse(address) ? new URL(address).href : address).replace(/\/+$/, '')
}
