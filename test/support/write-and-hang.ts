import { mainOfThisProcess } from './own-process-main.ts'

/**
 * Asks for one write whose answer never comes, and waits to be killed. The server and its credential are in the folder
 * already.
 */
const [folder = '', what = ''] = process.argv.slice(2)
const { services, ask, say } = mainOfThisProcess(folder)
services.resume()
const [server] = (await ask('servers:list', {})) ?? []
if (server === undefined) throw new Error('There is no server')
const ref = { serverId: server.id, key: 'INT-2' }
await ask('synchronizations:refresh', { serverId: server.id })
say('asks')
if (what === 'deletion') void ask('synchronizations:delete', { ref, typedKey: 'INT-2' })
else {
  const side = (projectKey: string) => ({
    projectKey,
    baseUrl: `https://${projectKey.toLowerCase()}.example/jira`,
    user: 'backbone',
    password: 'canary-new',
  })
  void ask('synchronizations:create', {
    serverId: server.id,
    input: { summary: 'New', description: '', first: side('PA'), second: side('PB') },
    isStarted: true,
  })
}
setInterval(() => say(`${services.auditTable.pending().length} without an outcome`), 5)
