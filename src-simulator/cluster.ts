import type { AsyncTasks } from './async-tasks.ts'
import type { RateLimit } from './rate-limit.ts'
import type { Sessions } from './sessions.ts'

export interface ClusterOptions {
  /** How many nodes serve; 1 is a single server without a balancer. */
  readonly nodes: number
  /**
   * How the balancer keeps a client on its node: by a cookie of its own, by the node's name at the end of `JSESSIONID`
   * (Tomcat's `jvmRoute`), or not at all, so that each request goes to the next node. The first two are Atlassian's
   * examples for Jira Data Center.
   */
  readonly stickiness: 'ROUTEID' | 'JSESSIONID' | 'none'
}

/** One Jira of a cluster. Synchronizations and accounts are in the common database; what is here is not. */
export interface Node {
  readonly name: string
  readonly sessions: Sessions
  readonly tasks: AsyncTasks
  readonly rateLimit: RateLimit | null
}

/** The nodes of a cluster with the load balancer before them. */
export class Cluster {
  readonly nodes: readonly Node[]
  readonly #stickiness: ClusterOptions['stickiness']
  readonly #out = new Set<string>()
  #turn = 0

  constructor(nodes: readonly Node[], stickiness: ClusterOptions['stickiness']) {
    this.nodes = nodes
    this.#stickiness = stickiness
  }

  /** The node that gets a request with these cookies, and the value of a new `ROUTEID` where the route changes. */
  route(cookies: ReadonlyMap<string, readonly string[]>): { node: Node; routeId?: string } {
    const wanted =
      this.#stickiness === 'none'
        ? []
        : (cookies.get(this.#stickiness) ?? []).map((value) => value.slice(value.lastIndexOf('.') + 1))
    const serving = this.nodes.filter(({ name }) => !this.#out.has(name))
    const own = serving.find(({ name }) => wanted.includes(name))
    if (own !== undefined) return { node: own }
    const node = serving[this.#turn++ % serving.length]
    if (node === undefined) throw new Error('All nodes of the simulated cluster are out')
    return this.#stickiness === 'ROUTEID' && this.nodes.length > 1 ? { node, routeId: `.${node.name}` } : { node }
  }

  /**
   * The balancer sends nothing to the node until `bringBack`. Its sessions and tasks survive, but cannot be reached.
   */
  takeOut(name: string): void {
    this.#out.add(name)
  }

  bringBack(name: string): void {
    this.#out.delete(name)
  }

  /** Ends the sessions of a user, or all, on every node. */
  endSessions(user?: string): void {
    for (const { sessions } of this.nodes) sessions.endAll(user)
  }

  /** How many sessions of this user live, over all nodes. */
  countSessions(user: string): number {
    return this.nodes.reduce((count, { sessions }) => count + sessions.count(user), 0)
  }

  /** Forgets what a node keeps in memory: sessions and tasks. */
  restart(name?: string): void {
    for (const node of this.nodes) {
      if (name !== undefined && node.name !== name) continue
      node.sessions.endAll()
      node.tasks.forget()
    }
  }
}
