import { expect, it } from 'vitest'
import { createTransport, type HttpRequest } from '../../src-main/http/transport.ts'
import type { JiraOptions } from '../../src-simulator/index.ts'
import { ask, cookiesToSend } from '../support/jira-by-hand.ts'
import { addServer, startJira, startMain } from '../support/services.ts'

/** What a proxy makes of the cookies of an answer. */
type Change = (cookies: readonly string[], request: HttpRequest) => readonly string[]

/**
 * A Jira that visitors are let into, behind a proxy that changes its cookies. Of several of one name it takes the
 * first, as Tomcat may.
 */
async function scene(change: Change, options: JiraOptions = {}) {
  const jira = await startJira({ synchronizations: 4, isAnonymousAllowed: true, ...options })
  const main = startMain({
    createTransport: (transportOptions) => {
      const transport = createTransport(transportOptions)
      return {
        close: () => transport.close(),
        send: async (request) => {
          const cookie = firstOfEachName(request.headers.cookie ?? '')
          const answer = await transport.send({ ...request, headers: { ...request.headers, cookie } })
          const changed = change([answer.headers['set-cookie'] ?? []].flat(), request)
          return { ...answer, headers: { ...answer.headers, 'set-cookie': [...changed] } }
        },
      }
    },
  })
  const serverId = await addServer(main, jira)
  return {
    jira,
    refresh: () => main.ask('synchronizations:refresh', { serverId }).catch(() => undefined),
    access: async () => (await main.ask('servers:list', {}))[0]?.access,
    keys: async () => (await main.rows()).map(({ key }) => key),
  }
}

function firstOfEachName(header: string): string {
  const pairs = header.split('; ')
  const nameOf = (pair: string): string => pair.split('=', 1).join()
  return pairs.filter((pair, index) => pairs.findIndex((other) => nameOf(other) === nameOf(pair)) === index).join('; ')
}

const paths = [
  ['of its own', ''],
  ['of Jira’s REST API', '; Path=/rest'],
  ['of Backbone’s API', '; Path=/plugins'],
] as const
const answers = [
  ['name their user', {}],
  ['name nobody', { stripsUserHeaders: true }],
] as const
const cases = paths.flatMap(([path, set]) => answers.map(([say, options]) => [path, say, set, options] as const))

it.each(cases)(
  'a session’s cookie with a path %s is relied on where it goes alone, if answers %s',
  async (_path, _say, path, options) => {
    const { jira, refresh, access, keys } = await scene(
      (cookies) => cookies.map((cookie) => cookie.replace(/; path=[^;]*/i, path)),
      options,
    )
    for (let round = 0; round < 3; round += 1) await refresh()
    expect(await keys()).toHaveLength(4)
    expect(await access()).toEqual({ state: 'ok' })
    expect(jira.failedLogIns('admin')).toBe(0)
    jira.logIn.account('admin').password = 'changed'
    jira.cluster.endSessions()
    for (let round = 0; round < 3; round += 1) await refresh()
    expect(await keys()).toHaveLength(4)
    expect(await access()).toMatchObject({ state: 'blocked', reason: 'rejected' })
    expect(jira.failedLogIns('admin')).toBe(1)
  },
)

it('what a visitor is told because of a cookie of one path is not believed for the user of the session', async () => {
  let visitor: string | null = null
  const { jira, refresh, keys } = await scene(
    (cookies, { url }) =>
      visitor !== null && url.pathname.startsWith('/plugins') ? [...cookies, `${visitor}; Path=/plugins`] : cookies,
    { stripsUserHeaders: true },
  )
  await refresh()
  const [opened = ''] = cookiesToSend(await ask(jira, 'GET', '/rest/auth/1/session')).split('; ')
  expect(opened).toMatch(/^JSESSIONID=./)
  visitor = opened
  for (let round = 0; round < 3; round += 1) {
    await refresh()
    expect(await keys()).toHaveLength(4)
  }
  expect(jira.failedLogIns('admin')).toBe(0)
})
