import { readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../src-main/errors/app-error.ts'
import { workThrough } from '../../src-main/http/work-through.ts'
import { FAULTS, type FaultCase } from './faults.ts'
import { READS, WRITES, type Failure, type ReadPath, type Told, type WritePath } from './paths.ts'
import { until } from '../../tools/until.ts'
import { said, worded } from '../support/said.ts'
import { mend, openStage, SECRET, type Stage } from './stage.ts'

const DOCUMENT = resolve(import.meta.dirname, '../../docs/reliability.md')
const [BEGIN, END] = ['<!-- observed: begin -->', '<!-- observed: end -->']

/** What was seen, for the table: by fault, then by path. */
const seen = new Map<string, Map<string, string>>()
const note = (fault: string, path: string, words: string): void =>
  void (seen.get(fault) ?? seen.set(fault, new Map()).get(fault))?.set(path, words)

const stageFor = ({ isTls = false }: FaultCase): Promise<Stage> => {
  let stage: Stage | null = null
  return openStage({
    isTls,
    main: { fileToChoose: () => `${stage?.main.folder}/links.json` },
  }).then((made) => (stage = made))
}

/** Why a reading failed; null if it did not. */
async function failureOf(path: ReadPath, stage: Stage): Promise<Failure | null> {
  try {
    return await path.read(stage)
  } catch (error) {
    return error instanceof AppError ? worded(error.data) : (error as { data: Failure }).data
  }
}

/** One reading under a fault: it shows the truth, or says why not and keeps what it had. */
async function readUnder(
  fault: FaultCase,
  path: ReadPath,
  stage: Stage,
  times: number | undefined,
): Promise<Failure | null> {
  const before = await path.shown(stage)
  const asked = stage.jira.seen.length
  await fault.happen(stage, path.path(stage), 'GET', times)
  const failure = await failureOf(path, stage)
  if (failure === null) {
    expect(await path.shown(stage), `${path.name} after it recovered`).toEqual(path.truth(stage))
  } else {
    expect(await path.shown(stage), `${path.name} after ${failure.message}`).toEqual(before)
    expect(failure.message, path.name).toMatch(/\w{3}/)
    expect(JSON.stringify(failure)).not.toContain(SECRET)
  }
  const own = stage.jira.seen.slice(asked).filter((request) => request.path === path.path(stage))
  expect(own.length, `tries of ${path.name}`).toBeLessThanOrEqual(3)
  await mend(stage)
  expect(await failureOf(path, stage), `${path.name} once all is well again`).toBeNull()
  expect(await path.shown(stage), `${path.name} once all is well again`).toEqual(path.truth(stage))
  return failure
}

async function checkRead(fault: FaultCase, path: ReadPath): Promise<void> {
  const stage = await stageFor(fault)
  expect(await failureOf(path, stage)).toBeNull()
  let once: Failure | null = null
  if (fault.isLasting !== true) {
    path.change(stage, 1)
    once = await readUnder(fault, path, stage, 1)
  }
  path.change(stage, 2)
  const lasting = await readUnder(fault, path, stage, undefined)
  expect(lasting, `${path.name} where it lasts`).not.toBeNull()
  // If the last reading stands in, there are words and no code.
  if (lasting?.code !== undefined) expect(fault.codes, path.name).toContain(lasting.code)
  expect(stage.jira.failedLogIns('admin')).toBe(0)
  expect(stage.impostor?.seen ?? []).toEqual([])
  const wasBlocked = fault.codes.some((code) => code.startsWith('auth.'))
  note(
    fault.name,
    'reads',
    `${fault.isLasting ? 'reported' : once === null ? 'recovers' : 'reported'}${wasBlocked ? ', waits for the user' : ''}`,
  )
  await stage.main.close()
}

/**
 * If the fault closed the gate, Syncdeck only continues to read the outcome of a task once the user has tested the
 * log-in.
 */
async function openedByUser(stage: Stage, writing: Promise<unknown>): Promise<void> {
  let isOver = false
  const over = (): void => void (isOver = true)
  void writing.then(over, over)
  const isBlocked = async (): Promise<boolean> =>
    (await stage.main.ask('servers:list', {}))[0]?.access.state === 'blocked'
  const isWaiting = async (): Promise<boolean> =>
    (await stage.main.ask('tasks:list', {})).some(({ state, waiting }) => state !== 'ended' && waiting !== null)
  await until(
    'the write ends, or waits for the user',
    async () => isOver || ((await isBlocked()) && (await isWaiting())),
    30_000,
  )
  if (!isOver) await mend(stage)
}

async function checkWrite(fault: FaultCase, path: WritePath): Promise<void> {
  const stage = await stageFor(fault)
  const { main, jira } = stage
  path.prepare?.(stage)
  await main.ask('synchronizations:refresh', { serverId: stage.ref.serverId })
  if (path.name === 'import links' || path.name === 'delete link')
    await main.ask('connectors:links', { ...stage.ref, connectorKey: stage.connectorKey })
  const asked = jira.seen.length
  await fault.happen(stage, path.path(stage), path.method, 1)
  const writing = path.write(stage)
  await openedByUser(stage, writing)
  // Lasting faults are mended while Syncdeck reads the outcome of the write; it must not be sent then.
  const told: Told = await writing.catch((error: unknown) => ({
    as: 'not done' as const,
    words: (error as { data: Failure }).data.message,
  }))
  const where = `${path.name}: told as ${told.as}: ${told.words}`

  const sent = jira.seen.slice(asked).filter(({ method }) => method !== 'GET')
  const ways = Map.groupBy(sent, ({ method, path: to }) => `${method} ${to}`)
  for (const [way, requests] of ways) {
    const isFaulty = requests.some(({ status }) => status === 429)
    expect(requests.length, `${where}: ${way}`).toBe(fault.isSentAgain && isFaulty ? 2 : 1)
  }
  if (told.as !== 'done') expect(told.words, where).toMatch(/\w{3}/)
  expect(told.words).not.toContain(SECRET)
  if (told.as === 'unknown' || told.as === 'half done') expect(fault.isAnswerLost, where).toBe(true)

  await mend(stage)
  const effect = path.hasEffect(stage)
  if (effect !== null && told.as === 'done') expect(effect, where).toBe(true)
  if (effect !== null && told.as === 'not done') expect(effect, where).toBe(false)
  await main.ask('synchronizations:refresh', { serverId: stage.ref.serverId })
  expect(Object.fromEntries((await main.rows()).map(({ key, summary }) => [key, summary]))).toEqual(
    Object.fromEntries(
      [...jira.api.entries.values()].map(({ integration }) => [integration.integrationKey, integration.summary]),
    ),
  )
  // Nothing is sent later, once all is well again.
  expect(jira.seen.slice(asked).filter(({ method }) => method !== 'GET')).toHaveLength(sent.length)
  const audited = (await main.ask('audit:list', {})).length
  expect(audited, where).toBeGreaterThanOrEqual(sent.length)
  expect(jira.failedLogIns('admin')).toBe(0)
  expect(stage.impostor?.seen ?? []).toEqual([])
  note(fault.name, path.name, told.as)
  await main.close()
}

/**
 * A task that runs on the server while the fault lasts is waited for, with the reason shown, and followed until it
 * ends.
 */
async function checkWatching(fault: FaultCase): Promise<void> {
  const stage = await openStage({
    isTls: fault.isTls ?? false,
    // One may be on its way when the fault begins; one that is given up too soon is read again.
    hastyAt: fault.isHanging ? '/async-tasks/' : null,
    jira: { taskDurationMs: 600 },
  })
  const { main, jira, ref } = stage
  await main.ask('synchronizations:stop', { targets: [ref] })
  const task = async () => (await main.ask('tasks:list', {}))[0]
  await until('it runs', async () => (await task())?.state === 'running')
  await fault.happen(stage, '/async-tasks/', 'GET')
  await until('it is told why it is waited for', async () => (await task())?.waiting !== null, 20_000)
  expect(said((await task())?.waiting)).toMatch(/\w{3}/)
  expect(await task()).toMatchObject({ state: 'running', outcome: null })
  await mend(stage)
  await until('it ends', async () => (await task())?.state === 'ended', 20_000)
  expect(await task()).toMatchObject({ outcome: 'succeeded', waiting: null })
  expect(jira.seen.filter(({ method }) => method !== 'GET')).toHaveLength(1)
  expect(jira.failedLogIns('admin')).toBe(0)
  await main.close()
}

/** The diagnosis ends, with words at every step, and finds what can be found before a log-in. */
async function checkDiagnosis(fault: FaultCase): Promise<void> {
  const stage = await stageFor(fault)
  const { main, jira, ref } = stage
  await fault.happen(stage, '/rest/api/2/serverInfo', 'GET')
  const steps = await main.ask('servers:diagnose', { testId: 't', serverId: ref.serverId, withLogIn: true })
  for (const { step, verdict, message } of steps) {
    expect(verdict, step).not.toBe('running')
    expect(said(message), step).toMatch(/\w{3}/)
  }
  // Whatever takes effect first means nothing to a page that is only read; plain HTTP is warned of anyway.
  const found = steps
    .filter(({ step }) => step !== 'tls' || fault.isTls)
    .filter(({ verdict }) => verdict === 'failed' || verdict === 'warning')
  if (!/took effect$/.test(fault.name) || fault.name.includes('before'))
    expect(found.length, JSON.stringify(steps)).toBeGreaterThan(0)
  expect(jira.failedLogIns('admin')).toBe(0)
  expect(stage.impostor?.seen ?? []).toEqual([])
  await main.close()
}

/**
 * Stages side by side, for they mostly wait; one at a time where a server leaves its port, which another one might
 * take.
 */
const atOnce = ({ isLasting = false, isLaborious = false }: FaultCase): number => (isLasting || isLaborious ? 1 : 3)

describe.each(FAULTS)('$name', (fault) => {
  it('every read recovers or says why not, and nothing wrong is kept', async () => {
    await workThrough(READS, atOnce(fault), (path) => checkRead(fault, path))
  })

  it('every write is sent at most once, and reported as what it was', async () => {
    await workThrough(WRITES, atOnce(fault), (path) => checkWrite(fault, path))
  })

  it('a task is waited for and followed to its end, and the diagnosis names what is wrong', async () => {
    await checkWatching(fault)
    await checkDiagnosis(fault)
  })
})

/** The results as a table of Markdown. */
function table(): string {
  const columns = ['reads', ...WRITES.map(({ name }) => name)]
  const lines = FAULTS.map(
    ({ name }) => `| ${[name, ...columns.map((column) => seen.get(name)?.get(column) ?? '')].join(' | ')} |`,
  )
  return [`| fault | ${columns.join(' | ')} |`, `|${'---|'.repeat(columns.length + 1)}`, ...lines].join('\n')
}

it('docs/reliability.md shows what was seen', ({ skip }) => {
  skip(
    [...seen.values()].reduce((count, paths) => count + paths.size, 0) < FAULTS.length * (WRITES.length + 1),
    'only a part was run',
  )
  const text = readFileSync(DOCUMENT, 'utf8')
  const [before = '', rest = ''] = text.split(BEGIN)
  const after = rest.split(END)[1] ?? ''
  const expected = `${before}${BEGIN}\n${table()}\n${END}${after}`
  if (process.env.SYNCDECK_WRITE_RELIABILITY === '1') writeFileSync(DOCUMENT, expected)
  else expect(text, 'npm run reliability writes it anew').toBe(expected)
})
