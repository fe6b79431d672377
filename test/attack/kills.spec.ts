import { existsSync, readFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { join, resolve } from 'node:path'
import type { SimulatedJira } from '../../src-simulator/index.ts'
import { checkDatabase } from '../../src-main/storage/check-database.ts'
import { until } from '../../tools/until.ts'
import { runUntilKilled } from '../support/run-until-killed.ts'
import { KilledWriter } from '../support/killed-writer.ts'
import { MemoryKeychain } from '../support/memory-keychain.ts'
import { fastClock } from '../support/fast-clock.ts'
import { scratchFolder } from '../support/scratch.ts'
import { spoken } from '../support/said.ts'
import { startJira, startMain, type TestMain } from '../support/services.ts'
import { attack, type Round } from './attack.ts'

/** What takes long is left to `npm run attack`. */
const SUITE_CASES = 8
const MAIN = resolve(import.meta.dirname, 'main-until-killed.ts')

/** The writer of both databases, and a whole main process at work, are killed at random moments. */
attack(
  'kills',
  [
    'a damaged database',
    'something acknowledged was lost',
    'a write sent more often than asked for',
    'a write without a note',
    'a write that was cut off is not told',
    'a task left open',
    'more failed log-ins than acts',
    'the next start failed',
  ],
  async (round) => {
    await killWriter(round)
    await killMain(round, 'admin')
    await killMain(round, 'wrong')
  },
)

async function killWriter({ random, cases, count, violation }: Round): Promise<void> {
  const writer = new KilledWriter(scratchFolder('disk'), random)
  await writer.kill(Math.ceil(cases / 4))
  for (let kill = 0; kill < writer.kills; kill += 1) count()
  for (const words of writer.problems())
    violation(
      words.includes('lost') ? 'something acknowledged was lost' : 'a damaged database',
      `the writer was killed ${writer.kills} times: ${words}`,
    )
}

async function killMain({ random, cases, count, violation }: Round, secret: string): Promise<void> {
  const jira = await startJira({ synchronizations: 3, seed: 3, embedsStatus: true })
  const folder = scratchFolder('disk')
  const said: string[] = []
  for (let run = 0; run < Math.max(2, cases / 8); run += 1) {
    const isDuringWrite = secret === 'admin' && cases > SUITE_CASES && random.whole(0, 1) === 0
    const life = await runUntilKilled(MAIN, [folder, jira.baseUrl, secret, String(run)], {
      lines: random.whole(0, secret === 'admin' && cases > SUITE_CASES ? 24 : 13),
      ms: random.whole(0, isDuringWrite ? 30 : 60),
      // A creation or a deletion has no task that would be followed.
      ...(isDuringWrite && { isTime: (said: string) => /\n(creates|deletes) [^\n]*\n$/.test(said) }),
    })
    said.push(...life.said)
    count()
    if (life.failure !== '') violation('the next start failed', life.failure.split('\n').slice(0, 6).join(' '))
  }
  const story = `with the ${secret === 'admin' ? 'right' : 'wrong'} password, killed after ${said.slice(-6).join(', ')}`
  for (const name of ['state.db', 'cache.db'].filter((name) => existsSync(join(folder, name)))) {
    const database = new DatabaseSync(join(folder, name))
    const words = checkDatabase(database, 'integrity_check')
    database.close()
    if (words !== '') violation('a damaged database', `${name}, ${story}: ${words}`)
  }
  const keychain = new MemoryKeychain()
  const kept = join(folder, 'keychain.json')
  if (existsSync(kept))
    for (const [account, value] of JSON.parse(readFileSync(kept, 'utf8')) as [string, string][])
      keychain.entries.set(account, value)
  const main = startMain({
    folder,
    keychain,
    beginsDatabases: true,
    clock: fastClock(60),
    random: () => 0,
    taskPollMs: 50,
  })
  main.services.resume()
  if (secret === 'admin') {
    const isSettled = async (): Promise<boolean> =>
      (await main.ask('tasks:list', {})).every(({ state }) => state === 'ended')
    await until('every task has ended', isSettled).catch(() => violation('a task left open', story))
    const isNoted = async (): Promise<boolean> =>
      (await main.ask('audit:list', { outcome: { wanted: ['pending'] } })).length === 0
    await until('every write has an outcome', isNoted).catch(() => violation('a task left open', `a write, ${story}`))
  }
  const added = said.findLast((line) => line.startsWith('added '))?.slice('added '.length)
  if (added !== undefined && !(await main.ask('servers:list', {})).some(({ id }) => id === added))
    violation('something acknowledged was lost', `the server, ${story}`)
  const drafts = new Map((await main.ask('drafts:list', {})).map(({ key, draft }) => [key, draft.values.summary]))
  const lastDrafts = new Map(
    said.filter((line) => line.startsWith('drafted ')).map((line) => line.split(' ').slice(1) as [string, string]),
  )
  for (const [key, id] of lastDrafts)
    if (secret === 'admin' && ageOf(String(drafts.get(key) ?? '')) < ageOf(id))
      violation('something acknowledged was lost', `the draft ${id} of ${key}, ${story}: ${drafts.get(key)}`)
  if (secret === 'admin') await judgeWrites({ main, jira, said, story, violation })
  const writes = jira.seen.filter(({ method }) => method !== 'GET').length
  const asked = said.filter((line) => line === 'asks').length
  if (writes > asked) violation('a write sent more often than asked for', `${writes} of ${asked}, ${story}`)
  const [failed, entered] = [jira.failedLogIns('admin'), said.filter((line) => line === 'enters').length]
  if (failed > entered) violation('more failed log-ins than acts', `${failed} for ${entered}, ${story}`)
  await main.close()
  await jira.stop()
}

/** Drafts are named by run and count: which came later. */
function ageOf(id: string): number {
  const [run = '-1', count = '0'] = id.split('-')
  return Number(run) * 100_000 + Number(count)
}

/** What was acknowledged is so; what left is noted; and of what was cut off the user is told. */
async function judgeWrites({
  main,
  jira,
  said,
  story,
  violation,
}: Pick<Round, 'violation'> & {
  main: TestMain
  jira: SimulatedJira
  said: readonly string[]
  story: string
}): Promise<void> {
  const after = (verb: string): string[][] =>
    said.filter((line) => line.startsWith(`${verb} `)).map((line) => line.split(' ').slice(1))
  const isThere = (key: string): boolean => jira.api.entries.has(key)
  const deleting = new Set(after('deletes').flat())
  for (const [, key = ''] of after('created'))
    if (!deleting.has(key) && !isThere(key))
      violation('something acknowledged was lost', `the creation of ${key}, ${story}`)
  for (const [key = ''] of after('deleted'))
    if (isThere(key)) violation('something acknowledged was lost', `the deletion of ${key}, ${story}`)
  const noted = await main.ask('audit:list', {})
  const sent = jira.seen.filter(({ method, path }) => method !== 'GET' && path.startsWith('/integrations'))
  for (const [way, requests] of Map.groupBy(sent, ({ method, path }) => `${method} ${path}`)) {
    const notes = noted.filter(({ method, address }) => way === `${method} ${address.replace(/^.*\/api\/1/, '')}`)
    if (requests.length > notes.length)
      violation('a write without a note', `${way}: ${requests.length} sent, ${notes.length} noted, ${story}`)
  }
  const told = spoken(await main.ask('notifications:list', {})).map(({ title }) => title)
  for (const { method, object, body, outcome } of noted) {
    if (outcome !== 'lost' || !['POST', 'DELETE'].includes(method)) continue
    const name = method === 'DELETE' ? object : (/"summary": ?"([^"]*)"/.exec(body)?.[1] ?? 'nothing')
    if (!told.some((title) => title.includes(name)))
      violation('a write that was cut off is not told', `${method} of ${name}, ${story}: ${told.join('; ')}`)
  }
}
