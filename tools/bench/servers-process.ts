import { createInterface } from 'node:readline'
import { API } from './curl.ts'
import { SimulatedJira, type JiraOptions } from '../../src-simulator/index.ts'

/**
 * Simulated Jira servers in their own process, so that their cost is not measured with the client's. Takes how many and
 * their options as JSON; prints their addresses; answers each line on its input with the number of requests since the
 * last, and `list` with these requests themselves, as method and address, by server.
 */
const { count, ...options } = JSON.parse(process.argv[2] ?? '{}') as JiraOptions & { count: number }
const servers = await Promise.all(
  Array.from({ length: count }, (_, index) => new SimulatedJira({ ...options, seed: index + 1 }).start()),
)
console.log(JSON.stringify(servers.map(({ baseUrl }) => baseUrl)))
for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'change')
    for (const { api } of servers)
      for (const { status } of api.entries.values())
        status.firstConnector.issuesInError = (status.firstConnector.issuesInError + 1) % 7
  if (line === 'list') {
    console.log(
      JSON.stringify(
        servers.map(({ baseUrl, seen }) =>
          seen.splice(0).map(({ method, path }) => [method, baseUrl + (path.startsWith('/rest/') ? '' : API) + path]),
        ),
      ),
    )
    continue
  }
  if (line === 'run')
    for (const { api } of servers) for (const { status } of api.entries.values()) status.status = 'RUNNING'
  console.log(String(servers.reduce((sum, { seen }) => sum + seen.splice(0).length, 0)))
}
