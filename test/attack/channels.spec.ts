import { setTimeout as delay } from 'node:timers/promises'
import { requestChannels } from '../../src-contract/channels.ts'
import { requests } from '../../src-contract/contract.ts'
import type { WordedError } from '../../src-contract/errors.ts'
import { patience } from '../../tools/patience.ts'
import { addServer, startJira, startMain } from '../support/services.ts'
import { fastClock } from '../support/fast-clock.ts'
import { accepted, type KnownValues } from './arguments.ts'
import { attack, type Round } from './attack.ts'
import { mutate, short } from './hostile-values.ts'

const SECRET = 'attacked-Pässw0rd-77'
const ANSWER_LIMIT_MS = patience(30_000)
/** Of one line in the log, in characters. */
const LOG_LINE_LIMIT = 20_000
/** What no longer is as the next case expects it: the round has its server no more. */
const ENDING = new Set(['servers:remove', 'demo:start', 'demo:leave'])

/** The page asks on every channel, with what the schemas take and with what they do not. */
attack(
  'channels',
  [
    'no answer',
    'an internal error',
    'an error without words',
    'a secret shown',
    'a polluted prototype',
    'a request beside the API',
    'a log without bounds',
  ],
  async (round) => {
    const jira = await startJira({
      synchronizations: 3,
      seed: 3,
      embedsStatus: true,
      accounts: [{ name: 'admin', password: SECRET, tokens: [], role: 'system-administrator', projects: [] }],
    })
    const main = startMain({ clock: fastClock(60), random: () => 0, taskPollMs: 100 })
    const serverId = await addServer(main, jira, { secret: SECRET })
    await main.ask('synchronizations:refresh', { serverId })
    const known: KnownValues = {
      serverId: [serverId],
      serverIds: [serverId],
      key: [...jira.api.entries.keys()],
      typedKey: [...jira.api.entries.keys()],
      connectorKey: [jira.entry('INT-2').integration.firstConnector.connectorKey],
      address: [jira.baseUrl],
      apiPath: [''],
      user: ['admin'],
      secret: [SECRET],
      projectKeys: ['AP'],
      proxyAddress: ['', 'http://127.0.0.1:9'],
      proxyMode: ['none'],
    }
    const allowed = requestChannels.filter((channel) => !ENDING.has(channel) || round.random.whole(0, 40) === 0)
    for (let index = 0; index < round.cases * 4; index += 1) {
      const channel = allowed[round.random.whole(0, allowed.length - 1)] ?? 'app:info'
      const good = accepted(round.random, requests[channel].args, known)
      const { value, where } =
        round.random.whole(0, 2) === 0 ? { value: good, where: 'as the schema says' } : mutate(round.random, good)
      const args = withUsualPath(value)
      const story = `${channel}, ${where}`
      const logged = main.log.length
      const asking = main.ask(channel, args as never).then(
        (value) => ({ value, error: null }),
        (error: { data?: WordedError }) => ({
          value: null,
          error: error.data ?? { code: 'internal', message: String(error) },
        }),
      )
      const answer = await Promise.race([asking, delay(ANSWER_LIMIT_MS, null, { ref: false })])
      round.count()
      if (answer === null) {
        round.violation('no answer', story)
        break
      }
      judge(round, story, answer.error)
      if (JSON.stringify(answer).includes(SECRET) || main.log.slice(logged).some((line) => line.includes(SECRET)))
        round.violation('a secret shown', story)
      const long = main.log.slice(logged).find((line) => line.length > LOG_LINE_LIMIT)
      if (long !== undefined) round.violation('a log without bounds', `${story}: ${long.length} characters`)
      if (({} as { isPolluted?: boolean }).isPolluted !== undefined) {
        delete (Object.prototype as { isPolluted?: boolean }).isPolluted
        round.violation('a polluted prototype', story)
      }
      for (const { method, path } of jira.seen.splice(0)) {
        if (!isOfTheApi(method, path)) round.violation('a request beside the API', `${story}: ${method} ${short(path)}`)
      }
    }
    await main.close()
    await jira.stop()
  },
)

/** A request to Backbone's API, or one of the two to Jira itself: which version it is, and the log-out. */
function isOfTheApi(method: string, path: string): boolean {
  if (/\/\.{1,2}(\/|$)/.test(path)) return false
  return (
    /^\/(integrations|connectors|async-tasks|health)(\/|$)/.test(path) ||
    ['GET /rest/api/2/serverInfo', 'DELETE /rest/auth/1/session'].includes(`${method} ${path}`)
  )
}

/**
 * The path of the API on a server is the user's own choice, and requests below it do not count as requests elsewhere.
 */
function withUsualPath(args: unknown): unknown {
  const { input } = (args ?? {}) as { input?: { apiPath?: unknown } | null }
  if (typeof input?.apiPath === 'string') input.apiPath = ''
  return args
}

function judge(round: Round, story: string, error: { code: string; message: string } | null): void {
  if (error === null) return
  if (error.code === 'internal') round.violation('an internal error', `${story}: ${error.message}`)
  if (!/\w{3}/.test(error.message)) round.violation('an error without words', story)
}
