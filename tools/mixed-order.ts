import { relative } from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Files that take more than a minute alone, the longest first. */
const LONGEST = [
  'e2e/tour',
  'faults/faults',
  'e2e/editing',
  'faults/nth-database-call',
  'e2e/accessibility',
  'bench/smoke',
  'log-in-orders/',
  'e2e/servers',
  'security/package',
  'e2e/settings',
  'e2e/jobs',
  'e2e/trust',
  'e2e/offline',
  'e2e/tasks',
  'e2e/panels',
  'faults/others',
]

/** Their projects start whole applications, and wait for half of their time. */
const WITH_WINDOWS: ReadonlySet<string> = new Set(['e2e', 'host', 'electron'])

/**
 * The order in which specs begin: the longest first, so that none is left alone at the end; then those with windows,
 * which wait, evenly between those that compute, so that no core idles. What shares its modules with others of its
 * project stays in one row.
 */
export class MixedOrder extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const inOrder = await super.sort(files)
    const rankOf = new Map(inOrder.map((file) => [file, this.#rank(file)]))
    const isLong = (file: TestSpecification): boolean => (rankOf.get(file) ?? LONGEST.length) < LONGEST.length
    const others = inOrder.filter((file) => !isLong(file))
    const windows = others.filter(({ project }) => WITH_WINDOWS.has(project.name))
    const computing = others.filter(({ project }) => !WITH_WINDOWS.has(project.name))
    const places = new Map(
      [windows, computing].flatMap((group) =>
        group.map((file, index) => [file, (index + 0.5) / group.length] as const),
      ),
    )
    return [
      ...inOrder.filter(isLong).toSorted((a, b) => (rankOf.get(a) ?? 0) - (rankOf.get(b) ?? 0)),
      ...others.toSorted((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0)),
    ]
  }

  #rank({ moduleId }: TestSpecification): number {
    const path = relative(`${this.ctx.config.root}/test`, moduleId).replaceAll('\\', '/')
    const index = LONGEST.findIndex((part) => path.includes(part))
    return index < 0 ? LONGEST.length : index
  }
}
