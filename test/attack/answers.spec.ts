import { monitorEventLoopDelay } from 'node:perf_hooks'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import type { Socket } from 'node:net'
import type { WordedError } from '../../src-contract/errors.ts'
import type { Random } from '../../src-simulator/random.ts'
import type { SimulatedJira } from '../../src-simulator/index.ts'
import { patience } from '../../tools/patience.ts'
import { addServer, startJira, startMain, type TestMain } from '../support/services.ts'
import { fastClock } from '../support/fast-clock.ts'
import { attack } from './attack.ts'
import { mutate, short } from './hostile-values.ts'
import { ManInBetween, wire, withBody, type WholeAnswer } from './man-in-between.ts'
import { setCredential } from '../support/set-credential.ts'

/** The main process answers nobody for this long, at most. */
const LOOP_LIMIT_MS = patience(1500)
const KEYS = ['INT-2', 'INT-3', 'INT-4', 'INT-5']

interface Change {
  readonly story: string
  readonly answer: (answer: WholeAnswer) => Buffer
  /** The server's list is whole but for one item. */
  readonly isOneItem?: boolean
}

/** Ways in which an answer is another than it should be. */
function change(random: Random): Change {
  const body = (
    story: string,
    make: (text: string) => Buffer | string,
    headers: Record<string, string> = {},
  ): Change => ({
    story,
    answer: (answer) => wire(withBody(answer, Buffer.from(make(answer.body.toString())), headers)),
  })
  switch (random.whole(0, 11)) {
    case 0:
    case 1:
    case 2: {
      let where = ''
      return {
        get story() {
          return `a place is another: ${where}`
        },
        answer: (answer) => {
          const mutated = mutate(random, JSON.parse(answer.body.toString() || 'null'))
          where = mutated.where
          return wire(withBody(answer, Buffer.from(JSON.stringify(mutated.value) ?? '')))
        },
      }
    }
    case 3:
      return body('keys are mixed up', (text) =>
        text.replace(/INT-(\d)/g, (_, digit) => `INT-${(Number(digit) % 4) + 2}`),
      )
    case 4:
      return body('another key', (text) =>
        text.replaceAll('INT-2', random.pick(['INT-3', 'INT-99', '..', 'constructor', 'INT-2/x'])),
      )
    case 5:
      return body('it is cut short', (text) => text.slice(0, random.whole(0, text.length)))
    case 6:
      return body('levels without end', () => random.pick(['[', '{"a":']).repeat(random.pick([100, 10_000, 300_000])))
    case 7:
      return body(
        'very many',
        (text) =>
          `[${Array.from({ length: random.pick([1000, 50_000]) }, () => text.replace(/^\[|\]$/g, ''))
            .join(',')
            .slice(0, 20_000_000)}]`,
      )
    case 8:
      return body(
        'another coding',
        (text) =>
          random.pick([
            Buffer.from(`\ufeff${text}`),
            Buffer.from(text, 'utf16le'),
            Buffer.from(text, 'latin1'),
            Buffer.concat([Buffer.from([0xff, 0xfe, 0xc3, 0x28]), Buffer.from(text)]),
          ]),
        {
          'content-type': random.pick([
            'application/json',
            'application/json;charset=utf-16',
            'text/plain',
            'text/html',
            '',
          ]),
        },
      )
    case 9:
      return body(
        'compressed and more than it seems',
        () => random.pick([gzipSync, brotliCompressSync])(Buffer.alloc(60_000_000, 0x20)),
        { 'content-encoding': random.pick(['gzip', 'br', 'deflate']) },
      )
    case 10:
      return body(
        'compressed otherwise than it says',
        (text) =>
          random.pick([Buffer.from(text), gzipSync(text).subarray(0, -random.whole(1, 12)), gzipSync(gzipSync(text))]),
        { 'content-encoding': random.pick(['gzip', 'br', 'x-nothing']) },
      )
    default: {
      const status = random.pick([204, 301, 302, 304, 400, 403, 404, 418, 429, 500, 502, 503, 599, 999])
      return { story: `status ${status}`, answer: (answer) => wire({ ...answer, status }) }
    }
  }
}

/** A list in which one item alone is odd. */
function oneOddItem(random: Random): Change {
  let where = ''
  return {
    isOneItem: true,
    get story() {
      return `one item of the list is odd: ${where}`
    },
    answer: (answer) => {
      const items = JSON.parse(answer.body.toString()) as { integrationKey: string }[]
      const index = items.findIndex(({ integrationKey }) => integrationKey === 'INT-2')
      const mutated = mutate(random, items[index])
      where = mutated.where
      items[index] = mutated.value as never
      return wire(withBody(answer, Buffer.from(JSON.stringify(items))))
    },
  }
}

const summaries = async (main: TestMain): Promise<Record<string, string>> =>
  Object.fromEntries((await main.rows()).map(({ key, summary }) => [key, summary]))
const truth = (jira: SimulatedJira): Record<string, string> =>
  Object.fromEntries(
    [...jira.api.entries.values()].map(({ integration }) => [integration.integrationKey, integration.summary]),
  )

/** Readings are answered with what no server should say. */
attack(
  'answers',
  [
    'an internal error',
    'the main process stood still',
    'a row of nobody',
    'a row of somebody else',
    'others were not read',
    'a failed log-in',
    'the next reading is wrong',
    'a polluted prototype',
  ],
  async ({ random, cases, count, violation }) => {
    const jira = await startJira({ synchronizations: 4, seed: 3, embedsStatus: true })
    const between = await new ManInBetween(jira).start()
    const main = startMain({ clock: fastClock(60), random: () => 0, taskPollMs: 100 })
    const serverId = await addServer(main, jira, { address: between.baseUrl })
    const connectorKey = jira.entry('INT-2').integration.firstConnector.connectorKey
    const ref = { serverId, key: 'INT-2' }
    await main.ask('synchronizations:refresh', { serverId })
    const reads: readonly [string, RegExp, () => Promise<unknown>][] = [
      ['the list', /^\/integrations$/, () => main.ask('synchronizations:refresh', { serverId })],
      ['the details', /^\/integrations\/INT-2$/, () => main.ask('synchronizations:detail', ref)],
      ['the conflicts', /\/conflicts$/, () => main.ask('conflicts:refresh', ref)],
      ['the links', /\/syncInformation$/, () => main.ask('connectors:links', { ...ref, connectorKey })],
      ['the state', /\/status$/, () => main.services.reader.refreshStatus(ref)],
    ]
    const loop = monitorEventLoopDelay({ resolution: 20 })
    for (let index = 0; index < cases / 2; index += 1) {
      const isOne = random.whole(0, 4) === 0
      const [name, path, read] =
        (isOne ? reads[0] : reads[random.whole(0, reads.length - 1)]) ?? (reads[0] as (typeof reads)[number])
      const what = isOne ? oneOddItem(random) : change(random)
      // What it takes to make the answer is no fault of who reads it.
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
      const shown = await summaries(main)
      const isList = name === 'the list'
      if (!isList && Object.keys(shown).some((key) => !KEYS.includes(key)))
        violation('a row of nobody', `${story}: ${short(Object.keys(shown))}`)
      if (!isList)
        for (const other of KEYS)
          if (other !== 'INT-2' && shown[other] !== truth(jira)[other])
            violation('a row of somebody else', `${story}: ${other} became ${short(shown[other])}`)
      if (
        !isList &&
        Object.entries(truth(jira)).some(([key, summary]) => key !== 'INT-2' && summary === shown['INT-2'])
      )
        violation('a row of somebody else', `${story}: INT-2 became ${short(shown['INT-2'])}`)
      if (what.isOneItem === true && KEYS.some((key) => key !== 'INT-2' && shown[key] !== truth(jira)[key]))
        violation('others were not read', `${story}: ${short(Object.keys(shown))}`)
      if (({} as { isPolluted?: boolean }).isPolluted !== undefined) {
        delete (Object.prototype as { isPolluted?: boolean }).isPolluted
        violation('a polluted prototype', story)
      }
      between.meddle = () => null
      // As the user does who was told that somebody else answers there.
      await setCredential(main, {
        serverId,
        credential: { kind: 'basic', user: 'admin', secret: 'admin' },
        isSessionOnly: false,
      })
      await main.ask('synchronizations:refresh', { serverId })
      if (JSON.stringify(sorted(await summaries(main))) !== JSON.stringify(sorted(truth(jira))))
        violation('the next reading is wrong', `${story}: ${short(await summaries(main))}`)
      if (jira.failedLogIns('admin') > 0) violation('a failed log-in', story)
    }
    await main.close()
    between.stop()
    await jira.stop()
  },
)

const sorted = (record: Record<string, string>): [string, string][] =>
  Object.entries(record).sort(([a], [b]) => a.localeCompare(b))
