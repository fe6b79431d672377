import type { RequestPreview } from '#contract/editing.ts'
import { maskSecrets } from '../logging/redact.ts'
import type { StoredServer } from '../storage/server-table.ts'

/**
 * Shows a write as it would be sent, with every secret masked. The command line asks for the password when it is run.
 */
export function previewRequest(
  server: StoredServer,
  method: 'PUT' | 'POST' | 'DELETE',
  path: string,
  json: unknown,
): RequestPreview {
  const address = server.baseUrl + server.apiPath + path
  const masked = maskSecrets(json)
  const login =
    server.credential?.kind === 'token'
      ? `-H 'Authorization: Bearer <token>'`
      : `-u ${quote(`${server.credential?.user ?? '<user>'}`)}`
  const lines = [
    `curl -X ${method} ${login}`,
    `-H 'X-Atlassian-Token: no-check' -H 'Content-Type: application/json'`,
    `--data ${quote(JSON.stringify(masked))}`,
    quote(address),
  ]
  return { method, address, body: JSON.stringify(masked, null, 2), curl: lines.join(' \\\n  ') }
}

/** Quotes for a POSIX shell. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
