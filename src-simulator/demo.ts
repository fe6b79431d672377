import { SimulatedJira } from './jira-server.ts'

/** A server of the demonstration, with what a user would have to enter to add it. */
export interface DemoServer {
  readonly jira: SimulatedJira
  readonly name: string
  readonly environment: 'production' | 'test' | 'development'
  readonly user: string
  readonly password: string
}

export interface Demo {
  readonly servers: readonly DemoServer[]
  stop(): Promise<void>
}

const DRIFT_EVERY_MS = 4000

/** Starts three simulated Jira servers of different versions on loopback, whose states slowly change. */
export async function startDemo(options: { seed: number; isDrifting: boolean }): Promise<Demo> {
  const { seed } = options
  const common = { taskDurationMs: 2500, latencyMs: 40 }
  const servers: DemoServer[] = [
    {
      name: 'Vienna production',
      environment: 'production',
      user: 'admin',
      password: 'admin',
      jira: new SimulatedJira({ ...common, seed, synchronizations: 86, embedsStatus: true, contextPath: '/jira' }),
    },
    {
      name: 'Partner hub',
      environment: 'production',
      user: 'admin',
      password: 'admin',
      jira: new SimulatedJira({
        ...common,
        seed: seed + 1,
        synchronizations: 61,
        reportsProgress: true,
        taskFailureRate: 0.1,
      }),
    },
    {
      name: 'Munich test',
      environment: 'test',
      user: 'admin',
      password: 'admin',
      jira: new SimulatedJira({
        ...common,
        seed: seed + 2,
        synchronizations: 42,
        startVerb: 'POST',
        embedsStatus: true,
      }),
    },
  ]
  for (const { jira } of servers) await jira.start()
  const timer = options.isDrifting
    ? setInterval(() => servers.forEach(({ jira }) => jira.drift()), DRIFT_EVERY_MS).unref()
    : undefined
  return {
    servers,
    stop: async () => {
      clearInterval(timer)
      for (const { jira } of servers) await jira.stop()
    },
  }
}
