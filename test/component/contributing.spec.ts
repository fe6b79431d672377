import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { copySources } from './changed-sources.ts'
import { row, server, show } from './support.ts'

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

const changes = changesIn(readFileSync(join(import.meta.dirname, '../../CONTRIBUTING.md'), 'utf8'))
const sources = copySources('contributing-example')

beforeAll(() => {
  for (const { file, before, after } of changes) {
    const path = sources.path(file)
    const parts = readFileSync(path, 'utf8').split(before)
    expect(parts, `${file} has what the example changes, once`).toHaveLength(2)
    writeFileSync(path, parts.join(after))
  }
})

it('the example of CONTRIBUTING.md adds a column by one definition, its id and its name', async () => {
  expect(changes.map(({ file }) => file)).toEqual([
    'src-contract/saved-views.ts',
    'src-renderer/table/columns.ts',
    'src-contract/messages/en.json',
  ])
  const [{ default: Table }, { useServers }, { useSynchronizations }, { useTableView }] = await Promise.all([
    sources.load<typeof import('../../src-renderer/table/SynchronizationTable.vue')>(
      'src-renderer/table/SynchronizationTable.vue',
    ),
    sources.load<typeof import('../../src-renderer/servers/servers.ts')>('src-renderer/servers/servers.ts'),
    sources.load<typeof import('../../src-renderer/synchronizations/synchronizations.ts')>(
      'src-renderer/synchronizations/synchronizations.ts',
    ),
    sources.load<typeof import('../../src-renderer/table/table-view.ts')>('src-renderer/table/table-view.ts'),
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
