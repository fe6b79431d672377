import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'
import { checkPoints, type Point, type SelfCheckReport } from '../../src-main/app/self-check.ts'
import { ownCommand, superviseSelfCheck, type OwnCommand } from '../../src-main/app/self-check-run.ts'
import { tableOf } from '../../tools/launch/self-check-table.ts'
import { scratchFolder } from '../support/scratch.ts'

const SOUND = { isSound: true, facts: {} }
const point = (name: string, on: Point['on'], check: Point['check'] = () => SOUND): Point => ({ name, on, check })

it('a point is checked where it can be shown; others say so', async () => {
  const points = [
    point('a', 'anything'),
    point('b', 'electron'),
    point('c', 'package'),
    point('d', 'anything', () => null),
  ]
  const shown = async (isElectron: boolean, isPackaged: boolean) =>
    (await checkPoints(points, { isElectron, isPackaged }))
      .filter(({ result }) => result === 'passed')
      .map(({ name }) => name)
      .join('')
  expect([await shown(false, false), await shown(true, false), await shown(true, true)]).toEqual(['a', 'ab', 'abc'])
})

it('a point that fails, throws or hangs says why, and the others are checked', async () => {
  const points = [
    point('unsound', 'anything', () => ({ isSound: false, facts: { count: 0 } })),
    point('throws', 'anything', () => {
      throw new Error('no such library')
    }),
    point('hangs', 'anything', () => new Promise(() => undefined)),
    point('last', 'anything'),
  ]
  expect(await checkPoints(points, { isElectron: false, isPackaged: false }, 20)).toMatchObject([
    { result: 'failed', facts: { count: 0 } },
    { result: 'failed', fault: 'no such library' },
    { result: 'failed', fault: 'No answer within 0.02 s' },
    { result: 'passed' },
  ])
})

it('the program starts itself with its own switches, but for those that choose a profile', () => {
  expect(
    ownCommand({
      execPath: '/opt/node',
      execArgv: ['--title=x'],
      argv: ['/opt/node', 'start.mjs', '.', '--self-check=a', '--user-data-dir=b', '--portable', '--no-sandbox'],
    }),
  ).toEqual({ program: '/opt/node', args: ['--title=x', 'start.mjs', '.', '--no-sandbox'] })
})

/** A program in the place of Syncdeck, which gets the same arguments. */
function programThat(code: string): OwnCommand {
  const path = join(scratchFolder(), 'program.mjs')
  writeFileSync(
    path,
    `import { mkdirSync, writeFileSync } from 'node:fs'
const [profile, result] = process.argv.slice(2).map((arg) => arg.slice(arg.indexOf('=') + 1))
mkdirSync(profile)
const answer = () => writeFileSync(result, JSON.stringify({ program: { version: '1' }, points: [{ name: 'page', result: 'passed' }] }))
${code}`,
  )
  return { program: process.execPath, args: [path] }
}

async function supervise(code: string, limitMs = 30_000): Promise<{ code: number; report: SelfCheckReport }> {
  const file = join(scratchFolder(), 'report.json')
  const exitCode = await superviseSelfCheck(programThat(code), file, limitMs)
  return { code: exitCode, report: JSON.parse(readFileSync(file, 'utf8')) as SelfCheckReport }
}

it('seen from outside: an orderly end is sound', async () => {
  const { code, report } = await supervise('answer()')
  expect(code).toBe(0)
  expect(report).toMatchObject({ isSound: true, program: { version: '1' } })
  expect(report.points.map(({ name, result }) => `${name} ${result}`)).toEqual([
    'page passed',
    'start passed',
    'quit passed',
    'nothing-left passed',
  ])
})

it.each([
  [
    'ends before it has an answer',
    "console.error('cannot open display'); process.exit(3)",
    'start',
    'cannot open display',
  ],
  ['ends with another code', 'answer(); process.exit(3)', 'quit', '"code":3'],
  ['leaves a database open', "answer(); writeFileSync(profile + '/state.db-wal', '')", 'quit', 'state.db-wal'],
  ['hangs', 'answer(); setInterval(() => {}, 1000)', 'quit', '"code":null'],
])('seen from outside: a program that %s is not sound', async (_name, code, name, words) => {
  const { code: exitCode, report } = await supervise(code, 3_000)
  expect(exitCode).toBe(1)
  const { result, facts } = report.points.find((found) => found.name === name) ?? {}
  expect(result).toBe('failed')
  expect(JSON.stringify(facts)).toContain(words)
})

it('a report that cannot be written to its file goes to the standard output, and is not sound', async () => {
  const [written, complained] = [process.stdout, process.stderr].map((stream) =>
    vi.spyOn(stream, 'write').mockReturnValue(true),
  )
  onTestFinished(() => void vi.restoreAllMocks())
  const file = join(scratchFolder(), 'missing', 'report.json')
  const code = await superviseSelfCheck(programThat('answer()'), file)
  expect(code).toBe(1)
  expect(complained).toHaveBeenCalledWith(expect.stringContaining('ENOENT'))
  expect(written).toHaveBeenCalledWith(expect.stringContaining('"isSound": true'))
})

it('the table has a line for each point, and one that sums up', () => {
  expect(
    tableOf({
      isSound: false,
      program: { version: '1', versions: { node: '24' } },
      points: [
        { name: 'keychain', result: 'failed', fault: 'locked' },
        { name: 'page', result: 'passed', facts: { isDrawn: true } },
        { name: 'tray', result: 'not shown here' },
      ],
    }),
  ).toEqual([
    'version 1, versions {"node":"24"}',
    'keychain  failed          locked',
    'page      passed          {"isDrawn":true}',
    'tray      not shown here',
    'not sound: 1 passed, 1 failed, 1 not shown here; docs/electron.md explains each point',
  ])
})
