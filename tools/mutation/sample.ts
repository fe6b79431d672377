import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'

/** A function of a source file; lines count from 1 and include both ends. */
export interface Piece {
  readonly file: string
  readonly from: number
  readonly to: number
}

/**
 * Functions of `sources` in an order that `seed` decides, until they have `lines` lines together: about as many
 * mutants. Code outside functions, mostly tables and patterns, is left out: it runs once, before one spec can be told
 * from another.
 */
export function samplePieces(root: string, sources: readonly string[], seed: number, lines: number): Piece[] {
  const all = sources
    .flatMap((source) => filesOf(root, source))
    .flatMap((file) => functionsOf(file, readFileSync(join(root, file), 'utf8')))
  const shuffled = all
    .map(({ head, ...piece }) => ({
      piece,
      rank: createHash('sha256').update(`${seed} ${piece.file} ${head}`).digest('hex'),
    }))
    .sort((a, b) => (a.rank < b.rank ? -1 : a.rank === b.rank ? 0 : 1))
    .map(({ piece }) => piece)
  let left = lines
  return shuffled.filter(({ from, to }) => {
    const isTaken = left > 0
    left -= to - from + 1
    return isTaken
  })
}

function filesOf(root: string, source: string): string[] {
  if (statSync(join(root, source)).isFile()) return [source]
  return readdirSync(join(root, source), { recursive: true, encoding: 'utf8' })
    .map((name) => `${source}/${name.replaceAll('\\', '/')}`)
    .filter((path) => path.endsWith('.ts'))
    .sort()
}

/**
 * The outermost functions: declarations, methods, and functions that are given a name. `head`: the first line, by which
 * a function is known again where the file has grown.
 */
function functionsOf(file: string, text: string): (Piece & { readonly head: string })[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
  const found: (Piece & { readonly head: string })[] = []
  const lines = text.split('\n')
  const visit = (node: ts.Node): void => {
    if (!ts.isFunctionLike(node)) return ts.forEachChild(node, visit)
    if (!('body' in node) || node.body === undefined) return
    const lineOf = (position: number): number => source.getLineAndCharacterOfPosition(position).line + 1
    const from = lineOf(node.getStart(source))
    found.push({ file, from, to: lineOf(node.end), head: lines[from - 1]?.trim() ?? '' })
  }
  visit(source)
  return found
}
