import { createKeytarKeychain } from '../../src-main/secrets/keytar-keychain.ts'

/**
 * Runs calls on the real keychain in its own process: libsecret connects once per process, by its environment. Each
 * message is a call; each answer its result, or the state that it failed with.
 */
const keychain = createKeytarKeychain(5000)
process.on('message', (message: { call: 'get' | 'set' | 'delete'; account: string; secret?: string }) => {
  const { call, account, secret = '' } = message
  const running = call === 'set' ? keychain.set(account, secret) : keychain[call](account)
  running.then(
    (value) => process.send?.({ value: value ?? null }),
    (error: { state?: string; message: string }) => process.send?.({ state: error.state, message: error.message }),
  )
})
