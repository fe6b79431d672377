import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { createRandom, type Random } from '../../src-simulator/random.ts'
import { patience } from '../../tools/patience.ts'

/** Where each attack leaves its result, for the table of `npm run attack`. */
const RESULTS = resolve(import.meta.dirname, '../../out/attack')
/** The seed of the suite, where no time is given: one round of each attack, always the same. */
const SUITE_SEED = 20_261

const seconds = Number(process.env.SYNCDECK_ATTACK_SECONDS ?? 0)
/** Servers, folders and processes end with each share of the time. */
const shareCount = Math.max(1, Math.floor(seconds / 5))
const firstSeed = Number(process.env.SYNCDECK_ATTACK_SEED ?? SUITE_SEED)

/** One round of an attack: everything in it follows from its seed. */
export interface Round {
  readonly random: Random
  /** How many cases a round of this run should have, if it has many: few in the suite. */
  readonly cases: number
  /** A case was tried. */
  count(): void
  /**
   * Something was seen that is promised never to be. `kind` is one of the attack's promises; `story`: the shortest way
   * there, in words.
   */
  violation(kind: string, story: string): void
}

/** The result of an attack. */
export interface AttackResult {
  readonly name: string
  readonly seed: number
  readonly rounds: number
  readonly cases: number
  readonly seconds: number
  readonly violations: Readonly<Record<string, number>>
}

/**
 * An attack on the promises named by `kinds`: rounds with ever other seeds until its time is up; a single one in the
 * suite.
 */
export function attack(name: string, kinds: readonly string[], live: (round: Round) => Promise<void>): void {
  const violations: Record<string, number> = Object.fromEntries(kinds.map((kind) => [kind, 0]))
  let rounds = 0
  let cases = 0
  const begun = performance.now()

  const oneRound = async (): Promise<string[]> => {
    const seed = firstSeed + rounds
    rounds += 1
    const stories: string[] = []
    const violation = (kind: string, story: string): void => {
      violations[kind] = (violations[kind] ?? 0) + 1
      stories.push(`${kind}: ${story}\n  again: npm run attack -- --only ${name} --seed ${seed}`)
    }
    await live({ random: createRandom(seed), cases: seconds > 0 ? 40 : 8, count: () => void (cases += 1), violation })
    return stories
  }
  const shares = Array.from({ length: shareCount }, (_, index) => index + 1)
  it.each(shares)(
    `${name}, share %i: what is promised holds`,
    { timeout: patience(seconds * 1000 + 120_000) },
    async (share) => {
      const end = begun + (seconds * 1000 * share) / shareCount
      const stories: string[] = []
      while (rounds === 0 || performance.now() < end) stories.push(...(await oneRound()))
      expect(stories, stories.join('\n')).toEqual([])
    },
  )

  afterAll(() => {
    if (seconds === 0) return
    mkdirSync(RESULTS, { recursive: true })
    const result: AttackResult = {
      name,
      seed: firstSeed,
      rounds,
      cases,
      seconds: Math.round((performance.now() - begun) / 1000),
      violations,
    }
    writeFileSync(join(RESULTS, `${name}.json`), JSON.stringify(result))
  })
}
