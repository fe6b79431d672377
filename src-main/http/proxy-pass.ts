import type { AppError } from '../errors/app-error.ts'

/**
 * The result of a request with the proxy's password. `inconclusive`: the answer says nothing about the log-in, as where
 * the server is down; `diverted`: something else than the server answered, which refuses the server, leads elsewhere
 * or, as some proxies do, refuses the password. `unsent`: it never left; `lost`: no answer came; `abandoned`: Syncdeck
 * broke it off before one did.
 */
export type ProxyFinding = 'accepted' | 'refused' | 'inconclusive' | 'diverted' | 'unsent' | 'lost' | 'abandoned'

/** Permission for one request, or one new tunnel, that carries the password. */
export interface ProxyPass {
  /**
   * To be called once, when the head of the answer is there or none will come. `error`: what those who wait are told
   * where the proxy is not there. Returns why the answer must not be taken for the server's, where nothing shows that
   * the proxy accepts the password; else null.
   */
  settle(finding: ProxyFinding, error?: AppError): AppError | null
}

/** A password being sent to the proxy. Void as soon as another is entered. */
export interface ProxyLogIn {
  /** Rises with every change of the password: connections made with another one are not to be used. */
  readonly version: number
  /**
   * Waits for permission to send it on the way to a server (`host:port`). Rejects with `net.proxy-refused` while the
   * gate is closed, and with `net.proxy` where no more is to be found out by this server for a while.
   */
  enter(target: string, signal?: AbortSignal): Promise<ProxyPass>
}
