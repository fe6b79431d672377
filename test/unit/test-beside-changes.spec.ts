import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { HttpRequest } from '../../src-main/http/transport.ts'
import { until } from '../../tools/until.ts'
import { testConnection, verdictsOf, withCredential } from '../support/connection-tests.ts'
import { heldBack } from '../support/held-back.ts'
import { MemoryKeychain } from '../support/memory-keychain.ts'
import { movableClock } from '../support/movable-clock.ts'
import { settled } from '../support/simulated-clock.ts'
import { addServer, serverInput, startJira, startMain, type TestMain } from '../support/services.ts'
import { setCredential } from '../support/set-credential.ts'

const asksForVersion = ({ url }: HttpRequest): boolean => url.pathname.endsWith('/serverInfo')
const access = async (main: TestMain) => (await main.ask('servers:list', {})).map((server) => server.access)
const enter = (main: TestMain, serverId: string, secret: string) =>
  setCredential(main, { serverId, credential: { kind: 'basic', user: 'admin', secret }, isSessionOnly: false })

describe('a test of the form with the stored password, while another one is saved,', () => {
  it('leaves the other one alone: it stays accepted, and the old one is not tried', async () => {
    const jira = await startJira({ synchronizations: 2 })
    const { createTransport, hold, isHeld, letGo } = heldBack('request', asksForVersion)
    const main = startMain({ createTransport })
    const serverId = await addServer(main, jira)
    await main.ask('synchronizations:refresh', { serverId })
    jira.logIn.account('admin').password = 'new'

    hold()
    const test = testConnection(main, jira, { serverId, credential: null, input: { projectKeys: ['NORTH'] } })
    await until('its first question is about to leave', isHeld)
    await enter(main, serverId, 'new')
    await main.ask('synchronizations:refresh', { serverId })
    letGo()
    const { step } = await test
    expect(await access(main)).toEqual([{ state: 'ok' }])
    expect(jira.failedLogIns('admin')).toBe(0)
    expect(step('login')).toMatchObject({
      verdict: 'skipped',
      message: 'Not tried: this server was changed while the test ran',
    })
  })

  it('does not let the other one go again that was refused', async () => {
    const jira = await startJira({ synchronizations: 2 })
    const { clock, moveOn } = movableClock()
    const { createTransport, hold, isHeld, letGo } = heldBack('request', asksForVersion)
    const main = startMain({ clock, createTransport })
    const serverId = await addServer(main, jira)
    await main.ask('synchronizations:refresh', { serverId })

    hold()
    const test = testConnection(main, jira, { serverId, credential: null, input: { projectKeys: ['NORTH'] } })
    await until('its first question is about to leave', isHeld)
    await enter(main, serverId, 'mistyped')
    await main.ask('synchronizations:refresh', { serverId }).catch(() => undefined)
    expect(jira.failedLogIns('admin')).toBe(1)
    const closed = await access(main)
    expect(closed).toMatchObject([{ state: 'blocked', reason: 'rejected' }])
    moveOn(11_000)
    letGo()
    await test
    await main.ask('synchronizations:refresh', { serverId }).catch(() => undefined)
    await settled()
    expect(await access(main)).toEqual(closed)
    expect(jira.failedLogIns('admin')).toBe(1)
  })
})

it('a password entered for another host does not go to the old one where the keychain is slow', async () => {
  const [old, other] = [await startJira({ synchronizations: 2 }), await startJira({ synchronizations: 2 })]
  class SlowKeychain extends MemoryKeychain {
    answer: Promise<void> | null = null
    isAsked = false
    override async get(account: string) {
      const entry = await super.get(account)
      this.isAsked = true
      await this.answer
      return entry
    }
  }
  const keychain = new SlowKeychain()
  const before = startMain({ keychain })
  const serverId = await addServer(before, old)
  await before.close()
  const main = startMain({ folder: before.folder, keychain })
  const { promise, resolve } = Promise.withResolvers<undefined>()
  keychain.answer = promise
  keychain.isAsked = false
  const test = testConnection(main, old, { serverId, credential: null, input: { projectKeys: ['NORTH'] } })
  await until('the keychain is asked', () => keychain.isAsked)
  const { connections, registry } = main.services
  const given = expect(connections.credential(registry.get(serverId))).rejects.toMatchObject({ code: 'net.aborted' })
  await main.ask('servers:update', {
    serverId,
    input: { ...serverInput(other), isAddressExact: true },
    credential: { kind: 'basic', user: 'anna', secret: 'for-the-other-host' },
    isSessionOnly: true,
  })
  resolve(undefined)
  await given
  const { step } = await test
  expect(withCredential(old)).toBe(0)
  expect(step('login')).toMatchObject({
    verdict: 'skipped',
    message: 'Not tried: this server was changed while the test ran',
  })
})

it('a diagnosis does not vouch for an address that was entered while it ran: no password goes there', async () => {
  const jira = await startJira({ synchronizations: 2 })
  const heard: string[] = []
  const stranger = createServer((request, response) => {
    heard.push(`${request.method} ${request.headers.authorization ?? ''}`)
    request.setEncoding('utf8').on('data', (text: string) => heard.push(text))
    request.on('end', () =>
      response.writeHead(401, { 'www-authenticate': 'Basic realm="nginx"' }).end('<html>No</html>'),
    )
  })
  await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    stranger.closeAllConnections()
    stranger.close()
  })
  const address = `http://127.0.0.1:${(stranger.address() as AddressInfo).port}`
  const { createTransport, hold, isHeld, letGo } = heldBack('answer', ({ url }) => url.pathname.endsWith('/health'))
  const main = startMain({ createTransport })
  const serverId = await addServer(main, jira)
  hold()
  const diagnosis = main.ask('servers:diagnose', { testId: 't', serverId, withLogIn: true })
  await until('Backbone has answered', isHeld)
  await main.ask('servers:update', {
    serverId,
    input: { ...serverInput(jira), address, isAddressExact: true },
    credential: { kind: 'basic', user: 'admin', secret: 'for-the-stranger' },
    isSessionOnly: false,
  })
  letGo()
  expect(verdictsOf(await diagnosis)).toMatchObject({ login: 'skipped' })
  await main.ask('synchronizations:refresh', { serverId }).catch(() => undefined)
  expect(heard.length).toBeGreaterThan(0)
  const basic = Buffer.from('admin:for-the-stranger').toString('base64')
  expect(heard.filter((text) => text.includes('for-the-stranger') || text.includes(basic))).toEqual([])
})
