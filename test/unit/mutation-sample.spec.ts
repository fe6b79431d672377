import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { outcomeOf, scoreOf, type Mutant } from '../../tools/mutation/report.ts'
import { samplePieces } from '../../tools/mutation/sample.ts'
import { SUBJECTS, subjectsNamed } from '../../tools/mutation/subjects.ts'
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

  it('has the same functions where a file has grown above them', () => {
    const folder = project()
    const names = () => samplePieces(folder, ['src/a.ts'], 3, 12).map(({ from }) => lineOf(folder, from))
    const before = names()
    const text = readFileSync(join(folder, 'src/a.ts'), 'utf8')
    writeFileSync(join(folder, 'src/a.ts'), `// One line,\n// and another.\n${text}`)
    expect(names()).toEqual(before)
  })

  const lineOf = (folder: string, line: number) =>
    readFileSync(join(folder, 'src/a.ts'), 'utf8')
      .split('\n')
      .at(line - 1)
})

describe('the subjects', () => {
  const ROOT = join(import.meta.dirname, '../..')
  const files = (pattern: string): string[] =>
    globSync(pattern, { cwd: ROOT })
      .map((file) => file.replaceAll('\\', '/'))
      .filter((file) => !file.endsWith('.d.ts'))
  const sources = Object.values(SUBJECTS).flatMap((subject) => subject.sources)
  const isMutated = (file: string) => sources.some((source) => file === source || file.startsWith(`${source}/`))

  /** Made neither of components nor of what these are made of. */
  const isPure = (file: string) =>
    !/^(?:import|export) (?!type )[^']*'(?:vue|pinia|naive-ui|vue-i18n|@lucide\/vue|[^']*\.vue)'/m.test(
      readFileSync(join(ROOT, file), 'utf8'),
    )

  it('have every file of the folders whose conclusions matter most', () => {
    const folders = 'http,tasks,editing,monitor,synchronizations,conflicts,secrets,audit'
    expect(files(`src-main/{${folders}}/**/*.ts`).filter((file) => !isMutated(file))).toEqual([])
  })

  it('have every function of the page that is made without components', () => {
    const pure = files('src-renderer/**/*.ts').filter(isPure)
    expect(pure.length).toBeGreaterThan(60)
    expect(pure.filter((file) => !isMutated(file))).toEqual([])
  })

  it('name each file once, and only what is there', () => {
    expect(sources.filter((source, index) => sources.indexOf(source) !== index)).toEqual([])
    const specs = Object.values(SUBJECTS).flatMap((subject) => subject.specs.map((spec) => `test/${spec}.spec.ts`))
    expect([...sources, ...specs].filter((path) => !existsSync(join(ROOT, path)))).toEqual([])
  })

  it('are mutated with every spec that imports from their folders', () => {
    // What sends requests is the ground on which most specs stand.
    const isGround = (file: string) => file === 'src-main/http/transport.ts'
    const missing = files('test/{unit,contract}/*.spec.ts').flatMap((spec) => {
      const imports = readFileSync(join(ROOT, spec), 'utf8').matchAll(
        /^import (?!type )(?!{ type [^,]*})[^']*'(?:\.\.\/)+([^']+)'/gm,
      )
      const meant = [...imports].map(([, file = '']) => file).filter((file) => isMutated(file) && !isGround(file))
      return meant.filter((file) => !specsOf(file).includes(spec)).map((file) => `${spec}: ${file}`)
    })
    expect(missing).toEqual([])
  })

  it('are named one by one or, where a folder is in several parts, together', () => {
    expect(subjectsNamed(['tasks', 'http'])).toEqual([
      'tasks',
      'http-answers',
      'http-gate',
      'http-log-in',
      'http-recognition',
      'http-requests',
      'http-routes',
    ])
    expect(subjectsNamed([])).toEqual(Object.keys(SUBJECTS))
    expect(() => subjectsNamed(['no'])).toThrow('There is no subject “no”')
  })

  function specsOf(file: string): string[] {
    const folder = `${dirname(file)}/`
    return Object.values(SUBJECTS)
      .filter((subject) => subject.sources.some((source) => `${source}/`.startsWith(folder)))
      .flatMap((subject) => subject.specs.map((spec) => `test/${spec}.spec.ts`))
  }
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
