import { existsSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { RequestChannel } from '../../src-contract/channels.ts'
import type { RequestArgs, RequestValue } from '../../src-contract/contract.ts'
import { createServices, type Services } from '../../src-main/app/services.ts'
import { answerRequest } from '../../src-main/ipc/answer-request.ts'
import { createHandlers } from '../../src-main/app/handlers.ts'
import { silentLogger } from '../../src-main/logging/logger.ts'
import type { Keychain } from '../../src-main/secrets/keychain.ts'
import { fastClock } from './fast-clock.ts'

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

/** A main process in its own process, so that it can be killed. */
export interface OwnProcessMain {
  readonly services: Services
  /** Resolves with null if it was refused. */
  ask<C extends RequestChannel>(channel: C, args: RequestArgs<C>): Promise<RequestValue<C> | null>
  /** Writes a line to the standard output, at once. */
  say(line: string): void
}

export function mainOfThisProcess(folder: string): OwnProcessMain {
  const say = (line: string): void => void writeSync(1, `${line}\n`)
  say('begins')
  const services = createServices({
    folder,
    keychain: keychainIn(join(folder, 'keychain.json')),
    logger: silentLogger,
    send: () => undefined,
    saveFile: async () => null,
    chooseFile: async () => null,
    writeClipboard: () => Promise.resolve(),
    confirm: async () => true,
    readLog: () => '',
    openExternal: async () => undefined,
    app: { version: '0.0.0', runtime: 'test', platform: 'linux', systemLanguages: ['en'], isReadOnly: false },
    resolveSystemProxy: async () => 'DIRECT',
    notify: () => undefined,
    setBadge: () => undefined,
    taskPollMs: 15,
    clock: fastClock(20),
  })
  const handlers = createHandlers(services)
  const ask: OwnProcessMain['ask'] = async (channel, args) => {
    const answer = await answerRequest(channel, args, handlers[channel], silentLogger)
    return answer.ok ? answer.value : null
  }
  return { services, ask, say }
}
