import type { SelfCheckReport } from '../../src-main/app/self-check.ts'

/** The report of a self-check as lines: each point, what came of it, and its facts. */
export function tableOf({ program, points, isSound }: SelfCheckReport): string[] {
  const width = Math.max(...points.map(({ name }) => name.length))
  const count = (wanted: string): number => points.filter(({ result }) => result === wanted).length
  return [
    Object.entries(program)
      .map(([name, value]) => `${name} ${typeof value === 'object' ? inline(value) : String(value)}`)
      .join(', '),
    ...points.map(({ name, result, facts, fault }) =>
      [name.padEnd(width), result.padEnd('not shown here'.length), fault ?? inline(facts)].join('  ').trimEnd(),
    ),
    `${isSound ? 'sound' : 'not sound'}: ${count('passed')} passed, ${count('failed')} failed, ${count('not shown here')} not shown here; docs/electron.md explains each point`,
  ]
}

function inline(facts: unknown): string {
  const text = JSON.stringify(facts ?? {})
  return text === '{}' ? '' : text
}
