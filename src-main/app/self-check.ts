/** Where a point can be shown: Electron's own program, only once it is packaged, or the Chromium host as well. */
export type ShownOn = 'anything' | 'electron' | 'package'

/** What a point found; its facts have no secret, no address and no name of a person. */
export interface Finding {
  readonly isSound: boolean
  readonly facts: Readonly<Record<string, unknown>>
}

/** One thing that Syncdeck relies on, and that only the running program can show. */
export interface Point {
  /** By which `docs/electron.md` explains it. */
  readonly name: string
  readonly on: ShownOn
  /** Whether it neither changes nor shows anything, so that a support bundle may ask as well. */
  readonly isQuiet?: boolean
  /** Resolves with null where it cannot be shown on this computer. */
  readonly check: () => Promise<Finding | null> | Finding | null
}

export interface PointResult {
  readonly name: string
  readonly result: 'passed' | 'failed' | 'not shown here'
  readonly ms?: number
  readonly facts?: Readonly<Record<string, unknown>>
  /** Why the check itself failed. */
  readonly fault?: string
}

/** The program that checks itself. */
export interface CheckedProgram {
  readonly isElectron: boolean
  readonly isPackaged: boolean
}

/** What the running application shows of itself. */
export type OwnFindings = Pick<SelfCheckReport, 'program' | 'points'>

/** What `--self-check` writes. */
export interface SelfCheckReport {
  readonly isSound: boolean
  readonly program: Readonly<Record<string, unknown>>
  readonly points: readonly PointResult[]
}

/** Longer than a keychain is waited for. */
const POINT_LIMIT_MS = 40_000

/** Checks one point after the other; one that fails, or hangs, does not stop the rest. */
export async function checkPoints(
  points: readonly Point[],
  program: CheckedProgram,
  limitMs = POINT_LIMIT_MS,
): Promise<PointResult[]> {
  const results: PointResult[] = []
  for (const point of points) results.push(await checkPoint(point, program, limitMs))
  return results
}

async function checkPoint({ name, on, check }: Point, program: CheckedProgram, limitMs: number): Promise<PointResult> {
  if (!canShow(on, program)) return { name, result: 'not shown here' }
  const begunAt = performance.now()
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`No answer within ${limitMs / 1000} s`)), limitMs)
  })
  try {
    const finding = await Promise.race([(async () => check())(), limit])
    const ms = Math.round(performance.now() - begunAt)
    if (finding === null) return { name, result: 'not shown here' }
    return { name, result: finding.isSound ? 'passed' : 'failed', ms, facts: finding.facts }
  } catch (fault) {
    const ms = Math.round(performance.now() - begunAt)
    return { name, result: 'failed', ms, fault: fault instanceof Error ? fault.message : String(fault) }
  } finally {
    clearTimeout(timer)
  }
}

function canShow(on: ShownOn, { isElectron, isPackaged }: CheckedProgram): boolean {
  return on === 'anything' || (isElectron && (on === 'electron' || isPackaged))
}

/** The versions and the computer, as far as they say how Syncdeck may behave. */
export function programFacts(
  version: string,
  { isElectron, isPackaged }: CheckedProgram,
): Readonly<Record<string, unknown>> {
  const { electron, chrome, node, v8, openssl, uv } = process.versions
  return {
    version,
    isElectron,
    isPackaged,
    platform: process.platform,
    arch: process.arch,
    versions: { electron, chrome, node, v8, openssl, uv },
  }
}
