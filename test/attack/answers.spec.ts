import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Socket } from 'node:net'
import type { WordedError } from '../../src-contract/errors.ts'
import type { Status } from '../../src-simulator/model.ts'
import type { Random } from '../../src-simulator/random.ts'
import { patience } from '../../tools/patience.ts'
import { fastClock } from '../support/fast-clock.ts'
import { MemoryKeychain } from '../support/memory-keychain.ts'
import { scratchFolder } from '../support/scratch.ts'
import { addServer, startJira, startMain, type TestMain } from '../support/services.ts'
import { setCredential } from '../support/set-credential.ts'
import { attack, type Round } from './attack.ts'
import { change, oneOddItem } from './changed-answers.ts'
import { short } from './hostile-values.ts'
import { ManInBetween, wire, withBody, type WholeAnswer } from './man-in-between.ts'
import { shown, tellApart, truth, type Pictures } from './picture.ts'

/** The longest that the main process answers nobody. */
const LOOP_LIMIT_MS = patience(1500)
const KEYS = ['INT-2', 'INT-3', 'INT-4', 'INT-5']

type Answer = () => unknown
type Item = { readonly integrationKey: string; readonly status: Status }

/** Readings are answered with what no server should say, or with what is somebody else's; and lists tell of states what they like. */
attack(
  'answers',
  [
    'an internal error',
    'the main process stood still',
    'a row of nobody',
    'something of somebody else',
    'others were not read',
    'a failed log-in',
    'the next reading is wrong',
    'a state that is never asked for',
    'a polluted prototype',
  ],
  async (round) => {
    await readings(round)
    for (let index = 0; index < round.cases / 8; index += 1) {
      await states(round)
      round.count()
    }
  },
)

async function readings({ random, cases, count, violation }: Round): Promise<void> {
  const jira = await startJira({ synchronizations: 4, seed: 3, embedsStatus: true })
  tellApart(jira)
  const between = await new ManInBetween(jira).start()
  const main = startMain({ clock: fastClock(60), random: () => 0, taskPollMs: 100 })
  const serverId = await addServer(main, jira, { address: between.baseUrl })
  const connectorOf = (key: string): string => jira.entry(key).integration.firstConnector.connectorKey
  const ref = { serverId, key: 'INT-2' }
  const links = (key: string): Promise<unknown> =>
    main.ask('connectors:links', { serverId, key, connectorKey: connectorOf(key) })
  const readAll = async (): Promise<void> => {
    await main.ask('synchronizations:refresh', { serverId })
    for (const key of KEYS) {
      await main.ask('conflicts:refresh', { serverId, key })
      await links(key)
    }
  }
  await readAll()
  const { integration, status, conflicts, links: theirLinks } = jira.entry('INT-3')
  // What it is, what of it is asked for, how it is read, and what it is of INT-3.
  const reads: readonly [string, RegExp, () => Promise<unknown>, Answer][] = [
    ['the list', /^\/integrations$/, () => main.ask('synchronizations:refresh', { serverId }), () => []],
    ['the details', /^\/integrations\/INT-2$/, () => main.ask('synchronizations:detail', ref), () => integration],
    ['the conflicts', /\/conflicts$/, () => main.ask('conflicts:refresh', ref), () => conflicts],
    ['the links', /\/syncInformation$/, () => links('INT-2'), () => theirLinks],
    ['the state', /\/status$/, () => main.services.reader.refreshStatus(ref), () => status],
  ]
  const loop = monitorEventLoopDelay({ resolution: 20 })
  for (let index = 0; index < cases / 2; index += 1) {
    const isOne = random.whole(0, 4) === 0
    const [name, path, read, theirs] =
      (isOne ? reads[0] : reads[random.whole(0, reads.length - 1)]) ?? (reads[0] as (typeof reads)[number])
    const isList = name === 'the list'
    const what = isOne
      ? oneOddItem(random)
      : !isList && random.whole(0, 5) === 0
        ? { story: 'it is that of INT-3', answer: (answer: WholeAnswer) => wire(withJson(answer, theirs())) }
        : change(random)
    // The cost of making the answer is not the reader's.
    let made: Buffer | null = null
    between.meddle = (_method, to) => {
      if (!path.test(to)) return null
      return {
        isSent: true,
        write: (socket: Socket, answer) => {
          made ??= what.answer(answer)
          loop.reset()
          loop.enable()
          socket.write(made, () => socket.end())
        },
      }
    }
    const told = await read().then(
      () => null,
      (error: { data?: WordedError }) => error.data ?? { code: 'internal', message: String(error) },
    )
    loop.disable()
    count()
    const story = `${name}, ${what.story}`
    if (told?.code === 'internal') violation('an internal error', `${story}: ${told.message}`)
    const stoodMs = loop.max / 1e6
    if (stoodMs > LOOP_LIMIT_MS) violation('the main process stood still', `${story}: ${Math.round(stoodMs)} ms`)
    const [seen, right] = [await shown(main, jira, serverId), truth(jira)]
    if (!isList && Object.keys(seen).some((key) => !KEYS.includes(key)))
      violation('a row of nobody', `${story}: ${short(Object.keys(seen))}`)
    if (!isList) for (const words of mixedUp(seen, right)) violation('something of somebody else', `${story}: ${words}`)
    if ('isOneItem' in what && KEYS.some((key) => key !== 'INT-2' && !isSame(seen[key], right[key])))
      violation('others were not read', `${story}: ${short(Object.keys(seen))}`)
    if (({} as { isPolluted?: boolean }).isPolluted !== undefined) {
      delete (Object.prototype as { isPolluted?: boolean }).isPolluted
      violation('a polluted prototype', story)
    }
    between.meddle = () => null
    // Like a user who was told that somebody else answers there.
    await setCredential(main, {
      serverId,
      credential: { kind: 'basic', user: 'admin', secret: 'admin' },
      isSessionOnly: false,
    })
    await (isList ? readAll() : Promise.all([main.ask('synchronizations:refresh', { serverId }), read()]))
    const next = await shown(main, jira, serverId)
    if (!isSame(next, right)) violation('the next reading is wrong', `${story}: ${differenceOf(next, right)}`)
    if (jira.failedLogIns('admin') > 0) violation('a failed log-in', story)
  }
  await main.close()
  between.stop()
  await jira.stop()
}

/**
 * What is shown of another than it belongs to: only INT-2 was read, and what the server said of it may be anything but
 * another's.
 */
function mixedUp(seen: Pictures, right: Pictures): string[] {
  const others = KEYS.filter((key) => key !== 'INT-2')
  const parts = ['name', 'state', 'conflicts', 'links'] as const
  return parts.flatMap((part) => [
    ...others
      .filter((key) => seen[key]?.[part] !== right[key]?.[part])
      .map((key) => `the ${part} of ${key} became ${short(seen[key]?.[part])}`),
    ...others
      .filter((key) => seen['INT-2']?.[part] === right[key]?.[part])
      .map((key) => `the ${part} of ${key} is shown of INT-2`),
  ])
}

/** What lists say of states. What `jira` says is its own; only some have more than a word. */
const HABITS: readonly [string, (status: Status, random: Random) => unknown][] = [
  ['the whole state', (status) => status],
  ['a word alone', ({ status }) => ({ status })],
  ['the first of two sides', ({ status, firstConnector }) => ({ status, firstConnector })],
  ['the second of two sides', ({ status, secondConnector }) => ({ status, secondConnector })],
  ['nothing', () => undefined],
  ['an empty object', () => ({})],
  [
    'more of some than of others',
    (status, random) => random.pick([undefined, {}, status, { status: status.status }, { ...status, status: '' }]),
  ],
]

/**
 * A list says of states what it likes, and those who ask for the states themselves are refused, fail or are broken off for a while. Then
 * every state is as the server has it.
 */
async function states({ random, violation }: Round): Promise<void> {
  const jira = await startJira({ synchronizations: 6, seed: random.whole(1, 1000), embedsStatus: true })
  tellApart(jira)
  const between = await new ManInBetween(jira).start()
  const folder = scratchFolder()
  const keychain = new MemoryKeychain()
  const start = (): TestMain => startMain({ folder, keychain, clock: fastClock(60), random: () => 0, taskPollMs: 100 })
  const [habit, say] = HABITS[random.whole(0, HABITS.length - 1)] as (typeof HABITS)[number]
  // One that a server has keeps to it.
  const said = new Map<string, unknown>()
  const itemOf = (item: Item): unknown => {
    if (!said.has(item.integrationKey)) said.set(item.integrationKey, say(item.status, random))
    return { ...item, status: said.get(item.integrationKey) }
  }
  const refused: readonly [string, (socket: Socket, answer: WholeAnswer) => void] = random.pick([
    ['are refused', (socket, answer) => socket.end(wire({ ...answer, status: 403 }))],
    ['fail', (socket, answer) => socket.end(wire({ ...answer, status: 503 }))],
    ['are cut off', (socket) => socket.destroy()],
    ['are answered', (socket, answer) => socket.end(wire(answer))],
  ])
  const share = random.pick([0.5, 1])
  let isFailing = true
  between.meddle = (_method, to) => {
    if (to.split('?')[0] === '/integrations')
      return {
        isSent: true,
        write: (socket, answer) =>
          socket.end(wire(withJson(answer, (JSON.parse(answer.body.toString()) as Item[]).map(itemOf)))),
      }
    return isFailing && to.endsWith('/status') && random.next() < share ? { isSent: true, write: refused[1] } : null
  }
  let main = start()
  const serverId = await addServer(main, jira, { address: between.baseUrl })
  const read = (): Promise<unknown> => main.ask('synchronizations:refresh', { serverId })
  const isBrokenOff = random.whole(0, 2) === 0
  const first = read().catch(() => undefined)
  if (!isBrokenOff) await first
  if (isBrokenOff || random.whole(0, 2) === 0) {
    await main.close()
    main = start()
  }
  isFailing = false
  for (let rounds = 0; rounds < 3; rounds += 1) await read()
  const [seen, right] = [await shown(main, jira, serverId), truth(jira)]
  const wrong = Object.keys(right).filter((key) => seen[key]?.state !== right[key]?.state)
  if (wrong.length > 0)
    violation(
      'a state that is never asked for',
      `lists say ${habit}; states ${refused[0]} at first${isBrokenOff ? ', and the round is broken off' : ''}: ${short(
        wrong.map((key) => `${key}: ${seen[key]?.state ?? 'no row'} is ${right[key]?.state}`),
      )}`,
    )
  await main.close()
  between.stop()
  await jira.stop()
}

const withJson = (answer: WholeAnswer, value: unknown): WholeAnswer =>
  withBody(answer, Buffer.from(JSON.stringify(value)))

const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other)
const differenceOf = (seen: Pictures, right: Pictures): string =>
  short(
    [...new Set([...Object.keys(seen), ...Object.keys(right)])]
      .filter((key) => !isSame(seen[key], right[key]))
      .map((key) => `${key} ${JSON.stringify(seen[key])} is ${JSON.stringify(right[key])}`),
  )
