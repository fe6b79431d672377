import { existsSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { createServices } from '../../src-main/app/services.ts'
import { createHandlers } from '../../src-main/ipc/handlers.ts'
import { answerRequest } from '../../src-main/ipc/answer-request.ts'
import { silentLogger } from '../../src-main/logging/logger.ts'
import type { RequestChannel } from '../../src-contract/channels.ts'
import type { RequestArgs, RequestValue } from '../../src-contract/contract.ts'
import type { Keychain } from '../../src-main/secrets/keychain.ts'
import { fastClock } from '../support/fast-clock.ts'

/** Works as a user does, and says what it is about to ask and what was acknowledged, a line each, until it is killed. */
const [folder = '', address = '', secret = '', run = ''] = process.argv.slice(2)

/** A keychain that outlives the kill, as that of the operating system does. */
function keychainIn(path: string): Keychain {
  const entries = new Map(existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as [string, string][]) : [])
  const save = (): void => {
    writeFileSync(`${path}.new`, JSON.stringify([...entries]))
    renameSync(`${path}.new`, path)
  }
  return {
    get: async (account) => entries.get(account) ?? null,
    set: async (account, value) => {
      entries.set(account, value)
      save()
    },
    delete: async (account) => {
      entries.delete(account)
      save()
    },
  }
}

const say = (line: string): void => void writeSync(1, `${line}\n`)
say('begins')
const services = createServices({
  folder,
  keychain: keychainIn(join(folder, 'keychain.json')),
  logger: silentLogger,
  send: () => undefined,
  saveFile: async () => null,
  chooseFile: async () => null,
  writeClipboard: () => undefined,
  confirm: async () => true,
  readLog: () => '',
  openExternal: async () => undefined,
  app: { version: '0.0.0', runtime: 'test', platform: 'linux', isReadOnly: false },
  resolveSystemProxy: async () => 'DIRECT',
  notify: () => undefined,
  setBadge: () => undefined,
  taskPollMs: 15,
  clock: fastClock(20),
})
const handlers = createHandlers(services)
async function ask<C extends RequestChannel>(channel: C, args: RequestArgs<C>): Promise<RequestValue<C> | null> {
  const answer = await answerRequest(channel, args, handlers[channel], silentLogger)
  return answer.ok ? answer.value : null
}

await services.directory.load()
services.tasks.resume()
const serverId = await server()
await ask('synchronizations:refresh', { serverId })
for (let count = 0; ; count += 1) {
  const id = `${run}-${count}`
  const ref = { serverId, key: `INT-${(count % 3) + 2}` }
  if ((await ask('drafts:set', { ref, draft: { base: { summary: 'a' }, values: { summary: id } } })) === null && !(await drafts()).includes(id)) throw new Error('A draft was refused')
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
  const id = there?.id ?? (await ask('servers:add', { name: 'Vienna', address, apiPath: '', environment: 'test', projectKeys: [], caPem: '', allowPlainHttp: true }))?.id
  if (id === undefined) throw new Error('The server was refused')
  say(`added ${id}`)
  if (there?.credential != null) return id
  say('enters')
  await ask('credentials:set', { serverId: id, credential: { kind: 'basic', user: 'admin', secret }, isSessionOnly: false })
  say('entered')
  return id
}
