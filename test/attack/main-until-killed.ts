import { mainOfThisProcess } from '../support/own-process-main.ts'
import { setCredential } from '../support/set-credential.ts'

interface Ref {
  readonly serverId: string
  readonly key: string
}

/**
 * Works as a user does, and says what it is about to ask and what was acknowledged, a line each, until it is killed:
 * `asks` before whatever may send one write.
 */
const [folder = '', address = '', secret = '', run = ''] = process.argv.slice(2)

const { services, ask, say } = mainOfThisProcess(folder)
await services.directory.load()
services.resume()
const serverId = await server()
await ask('synchronizations:refresh', { serverId })
const made: string[] = []
const side = (projectKey: string) => ({
  projectKey,
  baseUrl: `https://${projectKey.toLowerCase()}.example`,
  user: 'sync',
  password: 'sync',
})
const connection = (projectKey: string) => ({ baseUrl: side(projectKey).baseUrl, password: 'new', proxy: null })

/** What the user does, in turn; each begins one write at most. */
const writes: readonly ((id: string, ref: Ref) => Promise<void>)[] = [
  async (_id, ref) => void (await ask('synchronizations:stop', { targets: [ref] })),
  async (id) => {
    say(`creates ${id}`)
    const input = { summary: id, description: '', first: side('PA'), second: side('PB') }
    const answer = await ask('synchronizations:create', { serverId, input, isStarted: false })
    say(answer === null ? `refused ${id}` : `created ${id} ${answer.key}`)
    if (answer !== null) made.push(answer.key)
  },
  async (_id, ref) => void (await ask('synchronizations:start', { targets: [ref] })),
  async (_id, ref) =>
    void (await ask('synchronizations:update-connection', {
      ref,
      form: { first: connection('PA'), second: connection('PB') },
    })),
  async () => {
    const key = made.shift()
    if (key === undefined) return
    say(`deletes ${key}`)
    const answer = await ask('synchronizations:delete', { ref: { serverId, key }, typedKey: key })
    if (answer !== null) say(`deleted ${key}`)
  },
]
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
  await writes[(count + Number(run)) % writes.length]?.(id, ref)
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
