import { expect, it } from 'vitest'
import type { SimulatedJira } from '../../src-simulator/index.ts'
import { until } from '../../tools/until.ts'
import { changedAnswers } from '../support/changed-answers.ts'
import { filesBelow, findSecrets, type Place } from '../support/secrets.ts'
import { addServer, serverInput, startJira, startMain, type TestMain } from '../support/services.ts'

const SECRETS = { first: 'canary-first-Pä55/2', second: 'canary-second-Pä55/3' }

/** Everything that Syncdeck wrote, or sent to the page. */
const places = (main: TestMain, answers: unknown): Place[] => [
  ...filesBelow(main.folder),
  { name: 'events', bytes: Buffer.from(JSON.stringify(main.events)) },
  { name: 'log', bytes: Buffer.from(main.log.join('\n')) },
  { name: 'answers', bytes: Buffer.from(JSON.stringify(answers)) },
]

const side = (password: string) => ({ baseUrl: 'https://a.example', password, proxy: null })

async function jiraOfThree(): Promise<SimulatedJira> {
  const jira = await startJira({ synchronizations: 3 })
  for (const { status } of jira.api.entries.values()) status.status = 'RUNNING'
  return jira
}

/** Gives INT-2 new passwords, and waits until its task has ended. */
async function sendPasswords({ ask }: TestMain, serverId: string): Promise<void> {
  await ask('synchronizations:update-connection', {
    ref: { serverId, key: 'INT-2' },
    form: { first: side(SECRETS.first), second: side(SECRETS.second) },
  })
  await until('it ends', async () => (await ask('tasks:list', {})).at(-1)?.state === 'ended')
}

/** A status of a side that does not reach its Jira, with the password in the server's words. */
const telling = (body: string): string => {
  const status = JSON.parse(body) as { firstConnector: object }
  const side = { ...status.firstConnector, online: false, incomingDetails: `log-in with ${SECRETS.first} failed` }
  return JSON.stringify({ ...status, firstConnector: side })
}

it('a password that leaves while another answer is under way is struck from that answer', async () => {
  const jira = await jiraOfThree()
  let isArmed = false
  const left = Promise.withResolvers<undefined>()
  const main = startMain({
    createTransport: changedAnswers(async (request, response) => {
      if (request.method === 'PUT') left.resolve(undefined)
      if (!isArmed || request.method !== 'GET' || !request.url.pathname.endsWith('/INT-3/status')) return response
      await left.promise
      return { ...response, body: telling(response.body) }
    }),
  })
  const serverId = await addServer(main, jira)
  await main.ask('synchronizations:refresh', { serverId })
  const asked = (): number => jira.requestsTo('/integrations/INT-3/status').length
  const before = asked()
  isArmed = true
  const reading = main.ask('synchronizations:refresh', { serverId })
  await until('it is asked', () => asked() > before)
  await sendPasswords(main, serverId)
  await reading
  const rows = await main.rows()
  await main.close()
  expect(JSON.stringify(rows)).toContain('log-in with')
  expect(findSecrets(SECRETS, places(main, rows))).toEqual([])
})

it('a password sent through one entry is struck from what the same Jira says through another', async () => {
  const jira = await jiraOfThree()
  let isArmed = false
  const main = startMain({
    createTransport: changedAnswers((request, response) =>
      isArmed && request.method === 'GET' && request.url.pathname.endsWith('/INT-3/status')
        ? { ...response, body: telling(response.body) }
        : response,
    ),
  })
  const serverId = await addServer(main, jira)
  const other = await addServer(main, jira, { name: 'The same' })
  for (const id of [serverId, other]) await main.ask('synchronizations:refresh', { serverId: id })
  await sendPasswords(main, serverId)
  isArmed = true
  await main.ask('synchronizations:refresh', { serverId: other })
  const rows = await main.rows()
  await main.close()
  expect(JSON.stringify(rows)).toContain('log-in with')
  expect(findSecrets(SECRETS, places(main, rows))).toEqual([])
})

it.each([
  ['a diagnosis, before its log-in', '/serverInfo', true],
  ['a diagnosis without a log-in', '/serverInfo', false],
  ['a test of the form, before its log-in', '/serverInfo', null],
  ['a test of the form, at its log-in', '/integrations', null],
])('a password sent earlier is struck from what %s shows', async (_name, path, withLogIn) => {
  const jira = await jiraOfThree()
  let isArmed = false
  const main = startMain({
    createTransport: changedAnswers((request, response) =>
      isArmed && request.url.pathname.endsWith(path)
        ? { ...response, status: 500, body: JSON.stringify({ message: `log-in with ${SECRETS.first} failed` }) }
        : response,
    ),
  })
  const serverId = await addServer(main, jira)
  await main.ask('synchronizations:refresh', { serverId })
  await sendPasswords(main, serverId)
  isArmed = true
  const { name: _n, environment: _e, ...input } = serverInput(jira, { projectKeys: ['AP'] })
  const steps =
    withLogIn === null
      ? await main.ask('servers:test', { testId: 'a', serverId, input, credential: null })
      : await main.ask('servers:diagnose', { testId: 'a', serverId, withLogIn })
  await main.close()
  expect(JSON.stringify(steps)).toContain('log-in with')
  expect(findSecrets(SECRETS, places(main, steps))).toEqual([])
})
