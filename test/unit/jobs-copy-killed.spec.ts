import { existsSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'
import { createRandom } from '../../src-simulator/random.ts'
import { copyStage, creationsOf, jirasOf, planCopy } from '../support/copies.ts'
import { runUntilKilled } from '../support/run-until-killed.ts'
import { startMain } from '../support/services.ts'

const SCRIPT = resolve(import.meta.dirname, '../support/copy-until-killed.ts')
/** How often it is killed before it may come to its end. */
const KILLS = 6

it(
  'copies that are killed again and again are created once each, and each is told as what it is',
  { timeout: 300_000 },
  async () => {
    const random = createRandom(11)
    const stage = await copyStage({ each: 8 })
    const { goal } = jirasOf(stage)
    const before = new Set(goal.api.entries.keys())
    const { id, counts } = await planCopy(stage)
    expect(counts.waiting).toBeGreaterThan(5)
    const { folder, keychain } = stage.main
    const path = (name: string): string => join(folder, name)
    await stage.main.close()
    writeFileSync(path('keychain.json'), JSON.stringify([...keychain.entries]))
    for (let life = 0; life <= KILLS; life += 1) {
      const isLast = life === KILLS
      const { failure } = await runUntilKilled(SCRIPT, [folder, stage.partner.baseUrl], {
        lines: isLast ? 1 : random.whole(1, 9),
        ms: random.whole(0, 20),
        isTime: () => !isLast || existsSync(path('ended')),
      })
      expect(failure).toBe('')
    }

    const job = await startMain({ folder, keychain }).ask('jobs:get', { id })
    expect([job.state, job.counts.waiting, job.counts.underWay]).toEqual(['ended', 0, 0])
    // Names are different, so that a second creation of one would show.
    const sent = creationsOf(stage).map(({ summary }) => summary)
    expect(new Set(sent).size).toBe(sent.length)
    for (const { summary, copy, steps } of job.targets.filter(({ leftOut }) => leftOut === null)) {
      const made = [...goal.api.entries.values()].filter(
        ({ integration }) => integration.summary === summary && !before.has(integration.integrationKey),
      )
      if (steps[0]?.outcome === 'done')
        expect(made.map(({ integration }) => integration.integrationKey)).toEqual([copy?.key])
      else expect([steps[0]?.outcome, made.length <= 1, copy?.key]).toEqual(['unknown', true, null])
    }
    expect(job.counts.done).toBeGreaterThan(0)
    expect([stage.partner.failedLogIns('backbone'), stage.partner.failedLogIns('local')]).toEqual([0, 0])
  },
)
