import type { AppError } from '../errors/app-error.ts'

/**
 * The result of a request with the proxy's password. `inconclusive`: the answer says nothing about the log-in, for
 * example because the server is down; `diverted`: something other than the server answered, and forbids the server,
 * redirects elsewhere or, as some proxies do, refuses the password. `unsent`: it was never sent; `lost`: no answer
 * came; `abandoned`: Syncdeck aborted it before one did.
 */
export type ProxyFinding = 'accepted' | 'refused' | 'inconclusive' | 'diverted' | 'unsent' | 'lost' | 'abandoned'

/** Permission for one request, or one new tunnel, that carries the password. */
export interface ProxyPass {
  /**
   * To be called once, when the head of the answer is there or none will come. `error`: for those who wait, if the
   * proxy is not there. Returns why the answer must not be taken for the server's, if nothing shows that the proxy
   * accepts the password; otherwise null.
   */
  settle(finding: ProxyFinding, error?: AppError): AppError | null
}

/** A password being sent to the proxy. Void as soon as another is entered. */
export interface ProxyLogIn {
  /** Rises with every change of the password: connections made with an earlier one must not be used. */
  readonly version: number
  /**
   * Waits for permission to send it on the way to a server (`host:port`). Rejects with `net.proxy-refused` while the
   * gate is closed, and with `net.proxy` if this server can reveal nothing more for a while.
   */
  enter(target: string, signal?: AbortSignal): Promise<ProxyPass>
}
