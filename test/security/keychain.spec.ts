import { fork, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { NO_KEYRING, startKeyring, type Keyring } from '../../tools/keyring/keyring.ts'

interface Reply {
  value?: string | null
  state?: string
}

const children: ChildProcess[] = []

/** Opens the real keychain in an environment. */
function openKeychain(env: Readonly<Record<string, string>>) {
  const child = fork(join(import.meta.dirname, '../support/keychain-process.ts'), {
    env: { ...process.env, DISPLAY: '', ...env },
  })
  children.push(child)
  const ask = (message: object): Promise<Reply> =>
    new Promise((resolve) => {
      child.once('message', (reply) => resolve(reply as Reply))
      child.send(message)
    })
  return {
    get: (account: string) => ask({ call: 'get', account }),
    set: (account: string, secret: string) => ask({ call: 'set', account, secret }),
    delete: (account: string) => ask({ call: 'delete', account }),
  }
}

afterEach(() => {
  for (const child of children.splice(0)) child.kill()
})

describe('the real keyring service', () => {
  let keyring: Keyring
  beforeAll(async () => {
    keyring = await startKeyring()
  })
  afterAll(() => keyring.stop())

  it('keeps a secret as it is, over processes, and forgets it when asked', async () => {
    const secret = '  pässwörd: € "quoted" \\ 漢字 '
    const first = openKeychain(keyring.env)
    expect(await first.get('server/a')).toEqual({ value: null })
    expect(await first.set('server/a', secret)).toEqual({ value: null })
    const second = openKeychain(keyring.env)
    expect(await second.get('server/a')).toEqual({ value: secret })
    await second.delete('server/a')
    expect(await first.get('server/a')).toEqual({ value: null })
  })

  it('that is locked gives nothing out and takes nothing in, and is distinguished from one that is missing', async () => {
    const keychain = openKeychain(keyring.env)
    await keychain.set('server/b', 'stays')
    await keyring.lock()
    expect((await keychain.get('server/b')).value ?? null).toBeNull()
    expect(await keychain.set('server/c', 'new')).toMatchObject({ state: 'locked' })
  })
})

it('a computer without a keychain says so', async () => {
  const keychain = openKeychain(NO_KEYRING)
  expect(await keychain.get('server/a')).toMatchObject({ state: 'unavailable' })
  expect(await keychain.set('server/a', 'x')).toMatchObject({ state: 'unavailable' })
})
