import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { row, server, show } from './support.ts'

const ROOT = resolve(import.meta.dirname, '../..')
/** Inside of the project, so that its packages are found. */
const COPY = join(ROOT, 'out/contributing-example')

interface Change {
  readonly file: string
  readonly before: string
  readonly after: string
}

/** The changes that CONTRIBUTING.md shows: a file's name, then its lines as in a diff. */
function changesIn(document: string): Change[] {
  return [...document.matchAll(/```diff\n(\S+)\n([\s\S]*?)\n```/g)].map(([, file = '', diff = '']) => {
    const lines = diff.split('\n')
    const linesBut = (sign: string): string =>
      lines
        .filter((line) => !line.startsWith(sign))
        .map((line) => line.slice(1))
        .join('\n')
    return { file, before: linesBut('+'), after: linesBut('-') }
  })
}

const changes = changesIn(readFileSync(join(ROOT, 'CONTRIBUTING.md'), 'utf8'))

beforeAll(() => {
  rmSync(COPY, { recursive: true, force: true })
  mkdirSync(COPY, { recursive: true })
  for (const folder of ['src-contract', 'src-renderer'])
    cpSync(join(ROOT, folder), join(COPY, folder), { recursive: true })
  cpSync(join(ROOT, 'tsconfig.base.json'), join(COPY, 'tsconfig.base.json'))
  const { imports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { imports: unknown }
  writeFileSync(join(COPY, 'package.json'), JSON.stringify({ type: 'module', imports }))
  for (const { file, before, after } of changes) {
    const path = join(COPY, file)
    const parts = readFileSync(path, 'utf8').split(before)
    expect(parts, `${file} has what the example changes, once`).toHaveLength(2)
    writeFileSync(path, parts.join(after))
  }
})
afterAll(() => rmSync(COPY, { recursive: true, force: true }))

/** A module of the changed copy. */
const copyOf = <T>(path: string): Promise<T> => import(/* @vite-ignore */ join(COPY, path)) as Promise<T>

it('the example of CONTRIBUTING.md adds a column by one definition, its id and its name', async () => {
  expect(changes.map(({ file }) => file)).toEqual([
    'src-contract/saved-views.ts',
    'src-renderer/table/columns.ts',
    'src-contract/messages/en.json',
  ])
  const [{ default: Table }, { useServers }, { useSynchronizations }, { useTableView }] = await Promise.all([
    copyOf<typeof import('../../src-renderer/table/SynchronizationTable.vue')>(
      'src-renderer/table/SynchronizationTable.vue',
    ),
    copyOf<typeof import('../../src-renderer/servers/servers.ts')>('src-renderer/servers/servers.ts'),
    copyOf<typeof import('../../src-renderer/synchronizations/synchronizations.ts')>(
      'src-renderer/synchronizations/synchronizations.ts',
    ),
    copyOf<typeof import('../../src-renderer/table/table-view.ts')>('src-renderer/table/table-view.ts'),
  ])
  const table = show(Table, {}, () => {
    useServers().replace([server()])
    useSynchronizations().replace([row({ key: 'INT-1', conflictCount: 2 }), row({ key: 'INT-2', conflictCount: 7 })])
  })
  const header = table.get('[role=columnheader].col-conflicts')
  expect(header.text()).toBe('Conflicts')
  await header.get('button').trigger('click')
  await header.get('button').trigger('click')
  expect(useTableView().sort).toEqual({ column: 'conflicts', isDescending: true })
  expect(table.findAll('[role=gridcell].col-conflicts').map((cell) => cell.text())).toEqual(['7', '2'])
  table.unmount()
})
