import type { WordedError } from '../../src-contract/errors.ts'
import type { Integration } from '../../src-simulator/model.ts'
import type { Random } from '../../src-simulator/random.ts'
import { API_PATH } from '../../src-simulator/front-door.ts'
import { until } from '../../tools/until.ts'
import { WRITES, type Told, type WritePath } from '../faults/paths.ts'
import type { Stage } from '../faults/stage.ts'
import { ask, basic } from '../support/jira-by-hand.ts'
import { attack, type Round } from './attack.ts'
import { openBetween } from './between-stage.ts'
import { change } from './changed-answers.ts'
import { short } from './hostile-values.ts'
import { wire, withBody, type ManInBetween, type WholeAnswer } from './man-in-between.ts'

/** What was sent takes effect this soon. */
const EFFECT_WITHIN_MS = 3000

/** What becomes of the answers to a write. */
interface Alteration {
  readonly story: () => string
  /** The server, as it were, says something that is not so. */
  readonly mayClaim: boolean
}
type Alter = (round: Round, stage: Stage, between: ManInBetween, path: WritePath) => Promise<Alteration>

/** The answers to writes, and to what is asked about them, are none that a server should give, or somebody else's. */
attack(
  'writes',
  [
    'a write sent twice',
    'told as done, and is not',
    'told as not done, and is',
    'a write to something else',
    'no words',
    'a failed log-in',
    'an internal error',
    'the next reading is wrong',
  ],
  async (round) => {
    for (let index = 0; index < round.cases / 4; index += 1) {
      await write(round)
      round.count()
    }
  },
)

/** Creates one that is to be started at once. */
function startedCreation(): WritePath {
  const side = (projectKey: string) => ({ projectKey, baseUrl: 'https://jira.example', user: 'sync', password: 'sync' })
  const input = { summary: 'Created', description: '', first: side('AP'), second: side('BP') }
  let told: string | null = null
  return {
    name: 'create and start',
    method: 'POST',
    path: () => '/integrations',
    write: async ({ main, ref: { serverId } }) => {
      try {
        told = (await main.ask('synchronizations:create', { serverId, input, isStarted: true })).key
      } catch (error) {
        const { message, isOutcomeUnknown } = (error as { data: WordedError }).data
        return { as: isOutcomeUnknown === true ? 'unknown' : 'not done', words: message }
      }
      await until('what it began has ended', async () =>
        (await main.ask('tasks:list', {})).every(({ state }) => state === 'ended'),
      )
      return { as: 'done', words: told }
    },
    hasEffect: ({ jira }) =>
      [...jira.api.entries.values()].some(
        ({ integration }) => isOurs(integration) && (told === null || integration.integrationKey === told),
      ),
  }
}

const isOurs = ({ summary, firstConnector, secondConnector }: Integration): boolean =>
  summary === 'Created' && firstConnector.projectKey === 'AP' && secondConnector?.projectKey === 'BP'

/** The answer to the write, or the first one that tells of its task, is another than it should be. */
const changed: Alter = async ({ random }, _stage, between, path) => {
  const what = change(random)
  const isOfTask = random.whole(0, 2) === 0
  let isMade = false
  between.meddle = (method, to) => {
    const isIt = isOfTask ? to.startsWith('/async-tasks/') : method === path.method
    if (isMade || !isIt) return null
    isMade = true
    return { isSent: true, write: (socket, answer) => socket.write(what.answer(answer), () => socket.end()) }
  }
  return {
    story: () => `${isOfTask ? 'the task' : 'the answer'}: ${what.story}${isMade ? '' : ' (unused)'}`,
    get mayClaim() {
      return what.mayClaim === true
    },
  }
}

const PAGE = '<html><body>A gateway</body></html>'
const FORM = '<html><form action="/login"><input name="os_username"><input type="password"></form></html>'
/** What something before Jira says in its place: a refusal, a log-in of its own, or that it is too much. */
const REFUSALS: readonly [StrangersAnswer, ...StrangersAnswer[]] = [
  { status: 400, body: PAGE },
  ...[401, 403, 404, 409, 410, 419, 429, 440].map((status) => ({ status, body: PAGE })),
  { status: 401, headers: { 'www-authenticate': 'Basic realm="gate"' }, body: '' },
  { status: 403, body: FORM },
  { status: 200, body: FORM },
  { status: 302, headers: { location: '/login.jsp' }, body: '' },
]
/** What it says of a request that it keeps to itself. */
const SUCCESSES: readonly [StrangersAnswer, ...StrangersAnswer[]] = [
  { status: 200, body: '' },
  { status: 204, body: '' },
  { status: 202, headers: { 'content-type': 'application/json' }, body: '{"status":"queued"}' },
]

interface StrangersAnswer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: string
}

/** Something before Jira answers: as if nothing had been done, though it was, or as if it had been, though it was not. */
const strangers =
  (answers: readonly [StrangersAnswer, ...StrangersAnswer[]], isSent: boolean): Alter =>
  async ({ random }, _stage, between, path) => {
    const { status, headers, body } = random.pick(answers)
    let isMade = false
    between.meddle = (method) => {
      if (isMade || method !== path.method) return null
      isMade = true
      const page = Buffer.from(body)
      const answer = withBody({ status, headers: { 'content-type': 'text/html', ...headers }, body: page }, page)
      return { isSent, write: (socket) => socket.end(wire(answer)) }
    }
    const what = `${status} ${JSON.stringify(headers ?? {})} ${body}`
    return { story: () => `a gateway says ${what}${isSent ? '' : ', and sent nothing'}`, mayClaim: false }
  }

/** A creation is answered with what somebody else created at the same time; its own may have been lost on the way. */
const othersCreation: Alter = async ({ random }, { jira }, between, path) => {
  const isSent = random.whole(0, 1) === 0
  const made = structuredClone(jira.entry('INT-2'))
  const { integration } = made
  Object.assign(integration, { integrationKey: 'INT-77', createdUser: 'jdoe', lastModifiedUser: 'jdoe' })
  const difference = differ(random, integration)
  between.meddle = (method) => {
    if (method !== path.method) return null
    between.meddle = () => null
    jira.api.put(made)
    return { isSent, write: (socket) => socket.end(wire(answerOf(integration))) }
  }
  return {
    story: () => `${difference} of jdoe’s is the answer${isSent ? '' : ', and nothing was sent'}`,
    mayClaim: false,
  }
}

/** Makes it one that is like ours but for one thing, or for all. */
function differ(random: Random, integration: Integration): string {
  const { firstConnector, secondConnector } = integration
  integration.summary = 'Created'
  for (const [connector, projectKey] of [
    [firstConnector, 'AP'],
    [secondConnector, 'BP'],
  ] as const)
    Object.assign(connector ?? {}, {
      projectKey,
      connection: { ...connector?.connection, application: { baseUrl: 'https://jira.example', user: 'sync' } },
    })
  switch (random.whole(0, 2)) {
    case 0:
      integration.summary = 'Theirs'
      return 'another name'
    case 1:
      firstConnector.projectKey = 'XX'
      return 'another project'
    default:
      Object.assign(integration, { summary: 'Theirs', firstConnector: { ...firstConnector, projectKey: 'XX' } })
      return 'all else'
  }
}

/** The task fails; who asks for it is answered with somebody else's, which did not. */
const othersTask: Alter = async (_round, { jira }, between) => {
  const key = 'INT-3'
  const { id } = (
    await ask(jira, 'PUT', `${API_PATH}/integrations/${key}/stop`, {
      authorization: basic('admin'),
      'x-atlassian-token': 'no-check',
    })
  ).json() as { id: string }
  const theirs = async (): Promise<Record<string, unknown>> =>
    (await ask(jira, 'GET', `${API_PATH}/async-tasks/${id}`, { authorization: basic('admin') })).json()
  await until('their task has ended', async () => (await theirs()).finished === true)
  const answer = answerOf(await theirs())
  jira.api.failNextTask('It is busy')
  between.meddle = (_method, to) =>
    to.startsWith('/async-tasks/') ? { isSent: false, write: (socket) => socket.end(wire(answer)) } : null
  return { story: () => 'somebody else’s task is the answer', mayClaim: false }
}

function answerOf(value: unknown): WholeAnswer {
  const body = Buffer.from(JSON.stringify(value))
  const headers = { 'content-type': 'application/json', 'x-ausername': 'admin' }
  return withBody({ status: 200, headers, body }, body)
}

async function write(round: Round): Promise<void> {
  const { random } = round
  const { stage, between } = await openBetween()
  const { main, jira, ref, connectorKey } = stage
  const kind = random.whole(0, 5)
  const paths = [...WRITES, startedCreation()]
  const isTask = ({ name }: WritePath): boolean => !ANSWERED_AT_ONCE.has(name)
  const [path, alter] = ((): readonly [WritePath, Alter] => {
    const anyOf = (from: readonly WritePath[]): WritePath => from[random.whole(0, from.length - 1)] as WritePath
    switch (kind) {
      case 0:
        return [startedCreation(), othersCreation]
      case 1:
        return [anyOf(paths.filter(isTask)), othersTask]
      case 2:
        return [anyOf(paths), strangers(REFUSALS, true)]
      case 3:
        return [anyOf(paths), strangers(SUCCESSES, false)]
      default:
        return [anyOf(paths), changed]
    }
  })()
  path.prepare?.(stage)
  await main.ask('synchronizations:refresh', { serverId: ref.serverId })
  if (path.name === 'delete link') await main.ask('connectors:links', { ...ref, connectorKey })
  const alteration = await alter(round, stage, between, path)
  const asked = jira.seen.length
  const told = await path
    .write(stage)
    .catch((error: { data?: WordedError }): Told => ({ as: 'not done', words: error.data?.message ?? String(error) }))
  between.meddle = () => null
  const story = `${path.name}, ${alteration.story()}: told as ${told.as}, ${told.words}`
  judgeRequests(round, stage, { asked, mayClaim: alteration.mayClaim, story })
  const hasEffect = (): boolean | null => path.hasEffect(stage)
  if (told.as === 'done' && hasEffect() === false)
    await until('it took effect', () => hasEffect() !== false, EFFECT_WITHIN_MS).catch(() =>
      round.violation('told as done, and is not', story),
    )
  if (told.as === 'not done' && !alteration.mayClaim && hasEffect() === true)
    round.violation('told as not done, and is', story)
  if (told.as !== 'done' && !/\w{3}/.test(told.words)) round.violation('no words', story)
  if (main.log.some((line) => line.includes('request failed'))) round.violation('an internal error', story)
  if (jira.failedLogIns('admin') > 0) round.violation('a failed log-in', story)
  await judgeNextReading(round, stage, story)
  await main.close()
  between.stop()
  await jira.stop()
}

const ANSWERED_AT_ONCE = new Set(['create', 'create and start', 'delete', 'resync', 'import links', 'delete link'])

/**
 * Each address was written to once, and none that is not the user's matter. A server that claims, in Jira's own name, that
 * it knows no such address is asked by the other verb as well (decision 73).
 */
function judgeRequests(
  round: Round,
  { jira, ref, connectorKey }: Stage,
  { asked, mayClaim, story }: { readonly asked: number; readonly mayClaim: boolean; readonly story: string },
): void {
  const sent = jira.seen.slice(asked).filter(({ method }) => method !== 'GET')
  for (const [to, requests] of Map.groupBy(sent, ({ method, path }) => (mayClaim ? `${method} ${path}` : path)))
    if (requests.length > 1) round.violation('a write sent twice', `${story}: ${to}`)
  const ours = [...jira.api.entries.values()].filter(({ integration }) => isOurs(integration))
  const keys = [ref.key, ...ours.map(({ integration }) => integration.integrationKey)]
  for (const { method, path } of sent) {
    const [, area = '', key = ''] = path.split('/')
    const isTheirs = area === 'integrations' ? key !== '' && !keys.includes(key) : key !== connectorKey
    if (isTheirs) round.violation('a write to something else', `${story}: ${method} ${short(path)}`)
  }
}

async function judgeNextReading(round: Round, { main, jira, ref: { serverId } }: Stage, story: string): Promise<void> {
  // As the user does who was told that somebody else answers there.
  if ((await main.ask('servers:list', {}))[0]?.access.state === 'blocked')
    await main.ask('servers:try-once', { serverId })
  await main.ask('synchronizations:refresh', { serverId })
  const names = (pairs: readonly (readonly [string, string])[]): string =>
    JSON.stringify([...pairs].sort(([a], [b]) => a.localeCompare(b)))
  const shown = names((await main.rows()).map(({ key, summary }) => [key, summary]))
  const truth = names(
    [...jira.api.entries.values()].map(({ integration }) => [integration.integrationKey, integration.summary]),
  )
  if (shown !== truth) round.violation('the next reading is wrong', `${story}: ${shown} is ${truth}`)
}
