import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** Where the simulated servers have Backbone's API, below their address. */
export const API = '/plugins/servlet/backbone-issue-sync/api/1'

/** A request for curl; GET if the method is left out. */
export interface CurlRequest {
  readonly address: string
  readonly method?: string
}

const run = promisify(execFile)

/** Sends these requests by curl, so many at a time; resolves with the milliseconds. Its processor time is not ours. */
export async function curl(requests: readonly CurlRequest[], parallel: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'syncdeck-bench-curl-'))
  const config = join(folder, 'requests')
  const byMethod = Map.groupBy(requests, ({ method = 'GET' }) => method)
  // Options before `next` apply only to the requests before it.
  const groups = [...byMethod].map(([method, group]) =>
    [
      `request = "${method}"`,
      'user = "admin:admin"',
      'header = "X-Atlassian-Token: no-check"',
      ...group.map(({ address }) => `url = "${address}"\noutput = "/dev/null"`),
    ].join('\n'),
  )
  writeFileSync(config, groups.join('\nnext\n'))
  const begin = performance.now()
  await run('curl', ['--silent', '--parallel', '--parallel-max', String(parallel), '--config', config])
  const ms = performance.now() - begin
  rmSync(folder, { recursive: true })
  return ms
}
