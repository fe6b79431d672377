import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { BackboneApi } from '../../src-main/backbone/backbone-api.ts'
import { RefusedAnswers } from '../../src-main/backbone/refused-answers.ts'
import { systemClock } from '../../src-main/clock.ts'
import type { Credential } from '../../src-main/http/credential.ts'
import { JiraClient } from '../../src-main/http/jira-client.ts'
import { createTransport } from '../../src-main/http/transport.ts'
import { account } from '../support/jira-by-hand.ts'
import { openGate } from '../support/open-gate.ts'
import { addServer, startJira, startMain } from '../support/services.ts'
import { setCredential } from '../support/set-credential.ts'

/** A client of a server that takes every request for a question about a task. */
async function scene(credential: Credential) {
  const heard: IncomingMessage['headers'][] = []
  const server = createServer(({ headers }, response) => {
    heard.push(headers)
    response.writeHead(200, { 'content-type': 'application/json', 'x-ausername': 'anna' }).end('{"id":"7"}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const gate = openGate()
  const client = new JiraClient({
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    apiPath: '/api',
    gate,
    transport: createTransport({ caPem: '' }),
    credential: () => Promise.resolve(credential),
    limit: () => 1,
    clock: systemClock,
    random: () => 0,
  })
  onTestFinished(() => client.close())
  const api = new BackboneApi({
    client,
    refusedAnswers: new RefusedAnswers(systemClock),
    projectKeys: [],
    startVerb: () => null,
    rememberStartVerb: () => undefined,
  })
  return { heard, gate, api, client }
}

it.each(['ПРОЕКТ', 'ÄB', 'AP'])('the project of a task may have a key of any script: %s', async (key) => {
  const { api, heard } = await scene({ kind: 'token', user: '', secret: 'abc' })
  await expect(api.task('7', key)).resolves.toMatchObject({ id: '7' })
  expect(Buffer.from(String(heard.at(-1)?.prj), 'latin1').toString('utf8')).toBe(key)
})

it.each(['abc\u200b', 'abc\n', 'a bc', 'токен'])(
  'a token with what no token has is not sent, and is no attempt: %j',
  async (secret) => {
    const { api, gate, heard } = await scene({ kind: 'token', user: '', secret })
    await expect(api.task('7', null)).rejects.toMatchObject({ code: 'auth.missing' })
    expect([heard, gate.access]).toEqual([[], { state: 'unknown' }])
    const main = startMain()
    const serverId = await addServer(main, await startJira())
    await expect(
      setCredential(main, { serverId, credential: { kind: 'token', user: '', secret }, isSessionOnly: false }),
    ).rejects.toMatchObject({
      data: { fields: { 'credential.secret': expect.stringContaining('Copy the token again') } },
    })
  },
)

it.each([
  ['müller', 'Größe'],
  ['sync', 'a§£ÿ'],
])('a log-in with umlauts goes as Jira reads it: %s, %s', async (user, secret) => {
  const jira = await startJira({ synchronizations: 2, accounts: [account(user, { password: secret })] })
  const main = startMain()
  const serverId = await addServer(main, jira, { user, secret })
  await main.ask('synchronizations:refresh', { serverId })
  expect([(await main.rows()).length, jira.failedLogIns(user)]).toEqual([2, 0])
})

it('a log-in whose umlauts were typed as two characters goes as Jira reads it', async () => {
  const [user, secret] = ['müller', 'Größe ÄÖ']
  const jira = await startJira({ synchronizations: 2, accounts: [account(user, { password: secret })] })
  const main = startMain()
  const serverId = await addServer(main, jira, { user: user.normalize('NFD'), secret: secret.normalize('NFD') })
  await main.ask('synchronizations:refresh', { serverId })
  expect([(await main.rows()).length, jira.failedLogIns(user)]).toEqual([2, 0])
})

it('a user name with a colon is refused at its field, not sent, and no attempt', async () => {
  const { api, gate, heard } = await scene({ kind: 'basic', user: 'anna:x', secret: 'secret' })
  await expect(api.task('7', null)).rejects.toMatchObject({ code: 'auth.missing' })
  expect([heard, gate.access]).toEqual([[], { state: 'unknown' }])
  await expect(addServer(startMain(), await startJira(), { user: 'anna:x' })).rejects.toMatchObject({
    data: { fields: { 'credential.user': expect.stringContaining('colon') as string } },
  })
})

it.each([
  ['user', 'łukasz', 'secret'],
  ['secret', 'sync', '100 €'],
])(
  'a log-in that Jira cannot read is refused at its field, not sent, and no attempt: %s',
  async (field, user, secret) => {
    const { api, gate, heard } = await scene({ kind: 'basic', user, secret })
    await expect(api.task('7', null)).rejects.toMatchObject({ code: 'auth.missing' })
    expect([heard, gate.access]).toEqual([[], { state: 'unknown' }])
    await expect(addServer(startMain(), await startJira(), { user, secret })).rejects.toMatchObject({
      data: { fields: { [`credential.${field}`]: expect.stringContaining('western European') as string } },
    })
  },
)

it('what Node refuses to send has not left, and says nothing of the log-in', async () => {
  const { client, gate } = await scene({ kind: 'token', user: '', secret: 'abc' })
  await expect(client.read({ path: '/x', headers: { odd: 'a\nb' } })).rejects.toMatchObject({
    code: 'net.unreachable',
    isAnswerLost: false,
  })
  expect(gate.access.state).not.toBe('blocked')
})
