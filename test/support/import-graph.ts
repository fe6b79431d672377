import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

/** Who imports whom; types count, for they are known as well. */
export type Graph = ReadonlyMap<string, ReadonlySet<string>>

const IMPORT = /(?:\bfrom|\bimport)\s*\(?\s*'([^']+)'/g

/** The files below these folders, by their paths from `root`, each with those of them that it imports. */
export function drawImports(root: string, folders: readonly string[]): Graph {
  const files = folders.flatMap((folder) =>
    globSync(`${folder}/**/*.{ts,vue}`, { cwd: root }).map((file) => file.replaceAll('\\', '/')),
  )
  const known = new Set(files)
  return new Map(
    files.map((file) => {
      const named = [...readFileSync(join(root, file), 'utf8').matchAll(IMPORT)].map(([, target = '']) => target)
      const paths = named.map((target) =>
        target.startsWith('.')
          ? normalize(join(dirname(file), target)).replaceAll('\\', '/')
          : target.replace('#contract/', 'src-contract/'),
      )
      return [file, new Set(paths.filter((path) => known.has(path)))]
    }),
  )
}

/**
 * The folders of one house, and the files beside them, each with the others that it knows. Declarations of types alone
 * are left out.
 */
export function foldersOf(files: Graph, house: string): Graph {
  const folderOf = (file: string): string | null =>
    file.startsWith(`${house}/`) && !file.endsWith('.d.ts') ? (file.split('/')[1] ?? null) : null
  const folders = new Map<string, Set<string>>()
  for (const [file, targets] of files) {
    const from = folderOf(file)
    if (from === null) continue
    const known = folders.get(from) ?? new Set<string>()
    folders.set(from, known)
    for (const target of targets) {
      const to = folderOf(target)
      if (to !== null && to !== from) known.add(to)
    }
  }
  return folders
}

/**
 * Groups that can all reach each other (Tarjan's strongly connected components), each in order; empty if there is no
 * circle.
 */
export function circles(graph: Graph): string[][] {
  const found: string[][] = []
  const place = new Map<string, number>()
  const low = new Map<string, number>()
  const open: string[] = []
  const visit = (node: string): void => {
    place.set(node, place.size)
    low.set(node, place.size - 1)
    open.push(node)
    for (const next of graph.get(node) ?? []) {
      if (!place.has(next)) visit(next)
      if (open.includes(next)) low.set(node, Math.min(low.get(node) ?? 0, low.get(next) ?? 0))
    }
    if (low.get(node) !== place.get(node)) return
    const group = open.splice(open.indexOf(node))
    if (group.length > 1) found.push(group.sort())
  }
  for (const node of graph.keys()) if (!place.has(node)) visit(node)
  return found
}
