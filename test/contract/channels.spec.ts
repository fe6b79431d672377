import type { GenericSchema } from 'valibot'
import { describe, expect, it, vi } from 'vitest'
import * as v from 'valibot'
import { foreign as text } from '../../src-contract/messages/message.ts'
import { eventTopics, requestChannels, type RequestChannel } from '../../src-contract/channels.ts'
import { events, requests } from '../../src-contract/contract.ts'
import { AppError } from '../../src-main/errors/app-error.ts'
import { answerRequest, type Handlers } from '../../src-main/ipc/answer-request.ts'
import { createHandlers } from '../../src-main/app/handlers.ts'
import { silentLogger } from '../../src-main/logging/logger.ts'
import { startMain } from '../support/services.ts'

/** Every field name that an answer or event of this schema may have. */
function fieldNames(schema: unknown, found = new Set<string>()): Set<string> {
  if (typeof schema !== 'object' || schema === null) return found
  const { entries, item, wrapped, options, pipe } = schema as Record<string, unknown>
  for (const [name, inner] of Object.entries((entries ?? {}) as object)) {
    found.add(name)
    fieldNames(inner, found)
  }
  for (const inner of [
    item,
    wrapped,
    ...((options as unknown[] | undefined) ?? []),
    ...((pipe as unknown[] | undefined)?.slice(1) ?? []),
  ]) {
    fieldNames(inner, found)
  }
  return found
}

describe('the table of the process border', () => {
  it('has a handler for every channel, a schema for every channel, and nothing besides', () => {
    const sorted = [...requestChannels].sort()
    expect(Object.keys(requests).sort()).toEqual(sorted)
    expect(Object.keys(createHandlers(startMain().services)).sort()).toEqual(sorted)
    expect(Object.keys(events).sort()).toEqual([...eventTopics].sort())
  })

  it('names every channel area:verb', () => {
    for (const name of [...requestChannels, ...eventTopics]) expect(name).toMatch(/^[a-z]+:[a-z-]+$/)
  })

  it.each<[string, GenericSchema]>([
    ...Object.entries(requests).map(([name, { answer }]): [string, GenericSchema] => [`the answer of ${name}`, answer]),
    ...Object.entries(events).map(([name, schema]): [string, GenericSchema] => [`the event ${name}`, schema]),
  ])('%s has no place for a secret', (_name, schema) => {
    const suspicious = [...fieldNames(schema)].filter((name) => /pass|secret|token|authorization/i.test(name))
    expect(suspicious).toEqual([])
  })

  it('would notice a secret: the walk finds nested names', () => {
    const schema = v.array(
      v.object({
        a: v.nullable(v.object({ password: v.string() })),
        b: v.variant('k', [v.object({ k: v.literal(1), token: v.string() })]),
      }),
    )
    expect([...fieldNames(schema)].sort()).toEqual(['a', 'b', 'k', 'password', 'token'])
  })
})

describe('a request', () => {
  const answer = <C extends RequestChannel>(channel: C, args: unknown, handler: Handlers[C]) =>
    answerRequest(channel, args, handler, silentLogger)

  it.each([
    ['nothing', undefined],
    ['a text', 'x'],
    ['a missing field', {}],
    ['a wrong type', { serverId: 7 }],
    ['an empty id', { serverId: '' }],
    ['a field too many', { serverId: 'a', extra: 1 }],
    ['a polluting field', JSON.parse('{"serverId":"a","__proto__":{"x":1}, "constructor":1}') as unknown],
  ])('with %s never reaches its handler', async (_name, args) => {
    const handler = vi.fn(() => undefined)
    expect(await answer('servers:remove', args, handler)).toMatchObject({
      ok: false,
      error: { code: 'ipc.invalid-args' },
    })
    expect(handler).not.toHaveBeenCalled()
  })

  it('is answered with the contract’s fields only', async () => {
    const info = {
      version: '1',
      runtime: 'x',
      isDemo: false,
      platform: 'linux',
      systemLanguages: ['de-AT'],
      isReadOnly: false,
      storageProblem: null,
    }
    const handler = () => ({ ...info, secret: 'hunter2' })
    expect(await answer('app:info', {}, handler)).toEqual({ ok: true, value: info })
  })

  it('whose handler fails is answered with words, and never with what is inside a foreign error', async () => {
    const known = () => {
      throw new AppError('vault.locked', text('The keychain is locked.'), { advice: text('Unlock it.') })
    }
    expect(await answer('vault:retry', {}, known)).toEqual({
      ok: false,
      error: { code: 'vault.locked', message: text('The keychain is locked.'), advice: text('Unlock it.') },
    })
    const foreign = () => {
      throw new Error('Authorization: Basic YWRtaW46YWRtaW4=')
    }
    const answered = await answer('vault:retry', {}, foreign)
    expect(answered).toMatchObject({ ok: false, error: { code: 'internal' } })
    expect(JSON.stringify(answered)).not.toContain('YWRtaW4')
  })

  it('whose handler answers against the contract fails, instead of carrying it over', async () => {
    expect(await answer('vault:state', {}, () => 'open' as 'ready')).toMatchObject({
      ok: false,
      error: { code: 'internal' },
    })
  })
})

it('the preload exposes exactly the channels of the contract, each bound to its own name', async () => {
  const invoke = vi.fn()
  let exposed: { request: Record<string, (args: unknown) => unknown>; subscribe: unknown } | undefined
  vi.doMock('electron', () => ({
    ipcRenderer: { invoke, on: vi.fn(), off: vi.fn() },
    contextBridge: { exposeInMainWorld: (_name: string, api: typeof exposed) => void (exposed = api) },
  }))
  await import('../../src-preload/index.ts')
  expect(Object.keys(exposed ?? {}).sort()).toEqual(['request', 'subscribe'])
  expect(Object.keys(exposed?.request ?? {})).toEqual([...requestChannels])
  exposed?.request['servers:list']?.({ a: 1 })
  expect(invoke).toHaveBeenCalledExactlyOnceWith('servers:list', { a: 1 })
})
