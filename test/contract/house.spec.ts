import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'
import { rooms } from '../../eslint.config.js'
import { circles, drawImports, foldersOf, type Graph } from '../support/import-graph.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const HOUSES = ['src-contract', 'src-main', 'src-renderer', 'src-simulator']

/**
 * The floors of `src-main`, lowest first. A folder, or a file beside the folders, may know those below it; nothing on
 * its own floor, and nothing above. A new folder gets its place here.
 */
const FLOORS = [
  ['text', 'signal.ts', 'time-slice.ts', 'wire-values.ts'],
  ['errors', 'export'],
  ['logging', 'clock.ts'],
  ['ipc', 'clock-jumps.ts'],
  ['secrets', 'storage'],
  ['http', 'security'],
  ['backbone', 'audit', 'settings'],
  ['servers'],
  ['synchronizations', 'diagnosis', 'notes'],
  ['conflicts', 'copy-guard', 'tasks'],
  ['editing', 'links', 'monitor', 'notifications'],
  ['jobs'],
  ['app'],
  ['index.ts'],
]

const files = drawImports(ROOT, HOUSES)
const main = foldersOf(files, 'src-main')

/** What breaks the order of the floors, as `tasks -> editing`. */
function arrowsBack(folders: Graph, floors: readonly (readonly string[])[]): string[] {
  const floorOf = (name: string): number => floors.findIndex((floor) => floor.includes(name))
  return [...folders].flatMap(([from, targets]) =>
    [...targets]
      .filter((to) => floorOf(from) < 0 || floorOf(to) < 0 || floorOf(to) >= floorOf(from))
      .map((to) => `${from} -> ${to}`),
  )
}

/**
 * The part of the picture in ARCHITECTURE.md that shows the main process: its folders by floor, without arrows that
 * others imply.
 */
function picture(folders: Graph): string {
  const reach = (from: string): Set<string> =>
    new Set([...(folders.get(from) ?? [])].flatMap((to) => [to, ...reach(to)]))
  const isFolder = (name: string): boolean => !name.endsWith('.ts')
  const arrows = FLOORS.toReversed()
    .flat()
    .filter(isFolder)
    .flatMap((from) => {
      const direct = [...(folders.get(from) ?? [])].filter(isFolder)
      const further = new Set(direct.flatMap((to) => [...reach(to)]))
      return direct
        .filter((to) => !further.has(to))
        .sort()
        .map((to) => `  ${from} --> ${to}`)
    })
  return ['  subgraph main["src-main: main process"]', ...arrows, '  end'].join('\n')
}

it('no file imports one that imports it, by whatever way', () => {
  expect(circles(files)).toEqual([])
  expect(files.size).toBeGreaterThan(300)
})

it('no folder of the main process knows one on its own floor or above', () => {
  expect(arrowsBack(main, FLOORS)).toEqual([])
  expect(new Set(FLOORS.flat()), 'floors that are no longer there, or not declared').toEqual(new Set(main.keys()))
})

it('the rooms of the renderer are those of the table, and know what it allows', () => {
  const table: Readonly<Record<string, { readonly knows: readonly string[] }>> = rooms
  const drawn = [...foldersOf(files, 'src-renderer')].filter(([name]) => !name.endsWith('.ts'))
  expect(drawn.map(([name]) => name).sort()).toEqual(Object.keys(table).sort())
  const unallowed = drawn.flatMap(([from, targets]) =>
    [...targets].filter((to) => table[from]?.knows.includes(to) !== true).map((to) => `${from} -> ${to}`),
  )
  expect(unallowed).toEqual([])
  expect(circles(new Map(Object.entries(table).map(([room, { knows }]) => [room, new Set(knows)])))).toEqual([])
})

it('the renderer and the simulator know of the others only the contract', () => {
  const houses = new Map(HOUSES.map((house) => [house, new Set<string>()]))
  for (const [from, targets] of files)
    for (const to of targets) houses.get(from.split('/')[0] ?? '')?.add(to.split('/')[0] ?? '')
  const others = [...houses].map(([house, known]): [string, string[]] => [
    house,
    [...known].filter((other) => other !== house),
  ])
  // The demonstration starts the simulator inside of the main process.
  expect(Object.fromEntries(others)).toEqual({
    'src-contract': [],
    'src-main': ['src-contract', 'src-simulator'],
    'src-renderer': ['src-contract'],
    'src-simulator': [],
  })
})

it('ARCHITECTURE.md shows the main process as it is', () => {
  expect(readFileSync(join(ROOT, 'ARCHITECTURE.md'), 'utf8')).toContain(picture(main))
})

it('would notice a circle and an arrow back', () => {
  const knows = (arrows: Record<string, string[]>): Graph =>
    new Map(Object.entries(arrows).map(([from, to]) => [from, new Set(to)]))
  expect(circles(knows({ a: ['b'], b: ['c'], c: ['a'], d: ['a'] }))).toEqual([['a', 'b', 'c']])
  expect(
    arrowsBack(knows({ low: ['high'], high: ['low', 'beside'], beside: [], new: ['low'] }), [
      ['low'],
      ['high', 'beside'],
    ]),
  ).toEqual(['low -> high', 'high -> beside', 'new -> low'])
})
