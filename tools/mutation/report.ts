import { relative, resolve } from 'node:path'
import { EQUIVALENTS } from './equivalents.ts'

/** A mutant as `note-mutants.mjs` notes it. Lines and columns count from 1. */
export interface Mutant {
  /** Absolute, or from the project's folder. */
  readonly fileName: string
  readonly mutatorName: string
  readonly replacement?: string
  readonly status: 'Killed' | 'Survived' | 'NoCoverage' | 'Timeout' | 'Ignored' | 'CompileError' | 'RuntimeError'
  readonly location: { readonly start: Place; readonly end: Place }
}

interface Place {
  readonly line: number
  readonly column: number
}

/** The result for a subject's mutants. `survivors`: each as `place: original → replacement`. → replacement`. */
export interface Outcome {
  readonly noticed: number
  readonly equivalent: number
  readonly survivors: readonly string[]
}

/** `sourceOf`: the text of a file. */
export function outcomeOf(mutants: readonly Mutant[], root: string, sourceOf: (file: string) => string): Outcome {
  const all = mutants.map(({ fileName, status, replacement = '', location: { start, end } }) => {
    const file = relative(root, resolve(root, fileName)).replaceAll('\\', '/')
    const original = onOneLine(textBetween(sourceOf(file), start, end))
    return { file, status, original, replacement: onOneLine(replacement), line: start.line }
  })
  const left = all.filter(({ status }) => status === 'Survived' || status === 'NoCoverage')
  const isEquivalent = (mutant: (typeof left)[number]): boolean =>
    EQUIVALENTS.some(
      ({ file, original, replacement }) =>
        file === mutant.file && original === mutant.original && replacement === mutant.replacement,
    )
  return {
    noticed: all.filter(({ status }) => status === 'Killed' || status === 'Timeout').length,
    equivalent: left.filter(isEquivalent).length,
    survivors: left
      .filter((mutant) => !isEquivalent(mutant))
      .map(
        ({ file, line, original, replacement, status }) =>
          `${file}:${line}: ${short(original)} → ${short(replacement)}${status === 'NoCoverage' ? ' (no test gets there)' : ''}`,
      ),
  }
}

/** Noticed among all but the equivalent ones, in percent; null if there were none. */
export function scoreOf({ noticed, survivors }: Outcome): number | null {
  const all = noticed + survivors.length
  return all === 0 ? null : (100 * noticed) / all
}

function textBetween(source: string, start: Place, end: Place): string {
  const lines = source.split('\n').slice(start.line - 1, end.line)
  const last = lines.length - 1
  return lines
    .map((line, index) => line.slice(index === 0 ? start.column - 1 : 0, index === last ? end.column - 1 : undefined))
    .join('\n')
}

const onOneLine = (text: string): string => text.replace(/\s+/g, ' ')
const short = (text: string): string => (text.length > 90 ? `${text.slice(0, 87)}…` : text)
