import { expect, it } from 'vitest'
import type { HttpResponse } from '../../src-main/http/response-verdict.ts'
import { createTransport, type HttpRequest } from '../../src-main/http/transport.ts'
import { changedAnswers } from '../support/changed-answers.ts'
import { addServer, startJira, startMain } from '../support/services.ts'

/** By what a user logs in. */
const ways = ['password', 'token'] as const
const credentialOf = (way: (typeof ways)[number]) =>
  way === 'token' ? ({ kind: 'token', user: '', secret: 'admin-token' } as const) : {}

const FORM = '<html><form action="/login"><input name="os_username"><input type="password"></form></html>'
const unsigned: [string, Omit<HttpResponse, 'long'>][] = [
  ['401', { status: 401, headers: {}, body: '' }],
  ['401 with a challenge of its own', { status: 401, headers: { 'www-authenticate': 'Basic realm="gate"' }, body: '' }],
  ['419', { status: 419, headers: {}, body: '' }],
  ['440', { status: 440, headers: {}, body: '' }],
  ['403 with a form', { status: 403, headers: { 'content-type': 'text/html' }, body: FORM }],
  ['a redirect to a log-in', { status: 302, headers: { location: '/login.jsp' }, body: '' }],
]
const isDeletion = ({ method, url }: HttpRequest): boolean =>
  method === 'DELETE' && url.pathname.endsWith('/integrations/INT-2')

it.each(ways.flatMap((way) => unsigned.map(([name, answer]) => [way, name, answer] as const)))(
  'a write by %s that took effect is sent once, and not told as refused, where something answers it with %s',
  async (way, _name, answer) => {
    const jira = await startJira({ synchronizations: 2 })
    const main = startMain({
      createTransport: changedAnswers((request, response) => (isDeletion(request) ? answer : response)),
    })
    const serverId = await addServer(main, jira, credentialOf(way))
    await main.ask('synchronizations:refresh', { serverId })
    const deleted = main.ask('synchronizations:delete', { ref: { serverId, key: 'INT-2' }, typedKey: 'INT-2' })
    // A token may have been refused: then nothing can be read that would show what became of it.
    if (way === 'token') await expect(deleted).rejects.toMatchObject({ data: { isOutcomeUnknown: true } })
    else await deleted
    expect(jira.requestsTo('/integrations/INT-2', 'DELETE')).toHaveLength(1)
    expect((await main.rows()).map(({ key }) => key)).toEqual(way === 'token' ? ['INT-2', 'INT-3'] : ['INT-3'])
  },
)

it('a write that Jira refused before is sent again where only Jira’s own cookie shows that it was Jira', async () => {
  const jira = await startJira({ synchronizations: 2 })
  let isRefused = false
  const main = startMain({
    createTransport: (options) => {
      const transport = createTransport(options)
      return {
        close: () => transport.close(),
        send: (request) => {
          if (!isDeletion(request) || isRefused) return transport.send(request)
          isRefused = true
          const headers = { 'set-cookie': ['atlassian.xsrf.token=BX01-ABCD-1234_lout; Path=/'] }
          return Promise.resolve({ status: 401, headers, body: '' })
        },
      }
    },
  })
  const serverId = await addServer(main, jira)
  await main.ask('synchronizations:refresh', { serverId })
  await main.ask('synchronizations:delete', { ref: { serverId, key: 'INT-2' }, typedKey: 'INT-2' })
  expect(jira.requestsTo('/integrations/INT-2', 'DELETE')).toHaveLength(1)
  expect((await main.rows()).map(({ key }) => key)).toEqual(['INT-3'])
})

it('a write by a token that took effect is sent once where something says 401 beside a cookie of its own', async () => {
  const jira = await startJira({ synchronizations: 2 })
  const main = startMain({
    createTransport: changedAnswers((request, response) =>
      isDeletion(request)
        ? { status: 401, headers: {}, body: '' }
        : { ...response, headers: { ...response.headers, 'set-cookie': ['gwsession=0123456789abcdef0123; Path=/'] } },
    ),
  })
  const serverId = await addServer(main, jira, credentialOf('token'))
  await main.ask('synchronizations:refresh', { serverId })
  await main.ask('synchronizations:delete', { ref: { serverId, key: 'INT-2' }, typedKey: 'INT-2' })
  expect(jira.requestsTo('/integrations/INT-2', 'DELETE')).toHaveLength(1)
  expect((await main.rows()).map(({ key }) => key)).toEqual(['INT-3'])
})

it.each(
  ways.flatMap((way) =>
    [
      ['nothing', { status: 200, headers: {}, body: '' }],
      ['a promise', { status: 202, headers: { 'content-type': 'application/json' }, body: '{"status":"queued"}' }],
    ].map(([name, answer]) => [way, name as string, answer as HttpResponse] as const),
  ),
)('a write by %s that never reached Jira is not told as done because something says %s', async (way, _name, answer) => {
  const jira = await startJira({ synchronizations: 2 })
  const main = startMain({
    taskPollMs: 1,
    createTransport: (options) => {
      const transport = createTransport(options)
      return {
        close: () => transport.close(),
        send: (request) => (isDeletion(request) ? Promise.resolve(answer) : transport.send(request)),
      }
    },
  })
  const serverId = await addServer(main, jira, credentialOf(way))
  await main.ask('synchronizations:refresh', { serverId })
  await expect(
    main.ask('synchronizations:delete', { ref: { serverId, key: 'INT-2' }, typedKey: 'INT-2' }),
  ).rejects.toMatchObject({ data: { isOutcomeUnknown: true } })
  expect((await main.rows()).map(({ key }) => key)).toContain('INT-2')
})
