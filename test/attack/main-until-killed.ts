import { mainOfThisProcess } from '../support/own-process-main.ts'
import { setCredential } from '../support/set-credential.ts'

/** Works as a user does, and says what it is about to ask and what was acknowledged, a line each, until it is killed. */
const [folder = '', address = '', secret = '', run = ''] = process.argv.slice(2)

const { services, ask, say } = mainOfThisProcess(folder)
await services.directory.load()
services.tasks.resume()
const serverId = await server()
await ask('synchronizations:refresh', { serverId })
for (let count = 0; ; count += 1) {
  const id = `${run}-${count}`
  const ref = { serverId, key: `INT-${(count % 3) + 2}` }
  if (
    (await ask('drafts:set', { ref, draft: { base: { summary: 'a' }, values: { summary: id } } })) === null &&
    !(await drafts()).includes(id)
  )
    throw new Error('A draft was refused')
  say(`drafted ${ref.key} ${id}`)
  say('asks')
  await ask(count % 2 === 0 ? 'synchronizations:stop' : 'synchronizations:start', { targets: [ref] })
  await ask('synchronizations:refresh', { serverId })
}

async function drafts(): Promise<unknown[]> {
  return (await ask('drafts:list', {}))?.map(({ draft }) => draft.values.summary) ?? []
}

/** The one server, added in the first run that gets so far. */
async function server(): Promise<string> {
  const [there] = (await ask('servers:list', {})) ?? []
  const id =
    there?.id ??
    (
      await ask('servers:add', {
        name: 'Vienna',
        address,
        apiPath: '',
        environment: 'test',
        projectKeys: [],
        caPem: '',
        allowPlainHttp: true,
      })
    )?.id
  if (id === undefined) throw new Error('The server was refused')
  say(`added ${id}`)
  if (there?.credential != null) return id
  say('enters')
  await setCredential(
    { ask },
    {
      serverId: id,
      credential: { kind: 'basic', user: 'admin', secret },
      isSessionOnly: false,
    },
  )
  say('entered')
  return id
}
