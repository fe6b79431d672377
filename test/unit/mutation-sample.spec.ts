import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { outcomeOf, scoreOf, type Mutant } from '../../tools/mutation/report.ts'
import { samplePieces } from '../../tools/mutation/sample.ts'
import { scratchFolder } from '../support/scratch.ts'

describe('a sample of functions', () => {
  function project(): string {
    const folder = scratchFolder()
    mkdirSync(join(folder, 'src'))
    writeFileSync(join(folder, 'src/notes.md'), 'function no() {}')
    const methods = Array.from({ length: 20 }, (_, index) => `  method${index}() {\n    return () => ${index}\n  }`)
    writeFileSync(
      join(folder, 'src/a.ts'),
      `const TABLE = { a: 1 }\ninterface Shape {\n  area(): number\n}\nclass A {\n${methods.join('\n')}\n}\n`,
    )
    writeFileSync(join(folder, 'src/b.ts'), 'export const arrow = (): number => 1\n')
    return folder
  }

  it('holds whole functions, outermost only, until it has so many lines', () => {
    const folder = project()
    const pieces = samplePieces(folder, ['src'], 1, 10)
    expect(pieces.reduce((sum, { from, to }) => sum + to - from + 1, 0)).toBeGreaterThanOrEqual(10)
    for (const { file, from, to } of pieces)
      expect(file === 'src/a.ts' ? [(from - 6) % 3, to - from] : [file, from, to]).toEqual(
        file === 'src/a.ts' ? [0, 2] : ['src/b.ts', 1, 1],
      )
    expect(samplePieces(folder, ['src'], 1, Infinity)).toHaveLength(21)
  })

  it('is the same for the same seed, another for another', () => {
    const folder = project()
    const of = (seed: number) => samplePieces(folder, ['src'], seed, 12)
    expect(of(7)).toEqual(of(7))
    expect(of(8)).not.toEqual(of(7))
  })
})

describe('what became of the mutants', () => {
  const outcome = (...statuses: Mutant['status'][]) =>
    outcomeOf(
      statuses.map((status) => ({
        fileName: '/project/src/a.ts',
        mutatorName: 'ConditionalExpression',
        replacement: 'true',
        status,
        location: { start: { line: 2, column: 5 }, end: { line: 2, column: 6 } },
      })),
      '/project',
      (file) => `// ${file}\nif (a) go()\n`,
    )

  it('is counted: noticed are those that failed a test or never ended, not those that do not compile', () => {
    const found = outcome('Killed', 'Timeout', 'Survived', 'NoCoverage', 'RuntimeError', 'Ignored')
    expect(found).toEqual({
      noticed: 2,
      equivalent: 0,
      survivors: ['src/a.ts:2: a → true', 'src/a.ts:2: a → true (no test gets there)'],
    })
    expect(scoreOf(found)).toBe(50)
  })

  it('is no score where nothing was mutated', () => {
    expect(scoreOf(outcome())).toBeNull()
  })
})
