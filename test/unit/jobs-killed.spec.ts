import { existsSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'
import { createRandom } from '../../src-simulator/random.ts'
import { writesOf } from '../support/jobs.ts'
import { NEW, plan, rotationStage } from '../support/rotation.ts'
import { runUntilKilled } from '../support/run-until-killed.ts'
import { startMain } from '../support/services.ts'

const SCRIPT = resolve(import.meta.dirname, '../support/rotate-until-killed.ts')
/** How often it is killed before it may come to its end. */
const KILLS = 6

it(
  'a job that is killed again and again sends nothing twice, fails no log-in, and ends as intended or says how it ended',
  { timeout: 300_000 },
  async () => {
    const random = createRandom(7)
    const stage = await rotationStage({ servers: 2, each: 3, taskDurationMs: 30, syncEveryMs: 20 })
    const { id } = await plan(stage)
    const { folder, keychain } = stage.main
    const path = (name: string): string => join(folder, name)
    await stage.main.close()
    writeFileSync(path('keychain.json'), JSON.stringify([...keychain.entries]))
    const user = setInterval(() => {
      if (!existsSync(path('asks')) || existsSync(path('changed'))) return
      stage.partner.logIn.account('backbone').password = NEW
      writeFileSync(path('changed'), '')
    }, 5)
    for (let life = 0; life <= KILLS; life += 1) {
      const isLast = life === KILLS
      const { failure } = await runUntilKilled(SCRIPT, [folder, stage.partner.baseUrl, NEW], {
        lines: isLast ? 1 : random.whole(1, 14),
        ms: random.whole(0, 20),
        isTime: () => !isLast || existsSync(path('ended')),
      })
      expect(failure).toBe('')
    }
    clearInterval(user)

    const job = await startMain({ folder, keychain }).ask('jobs:get', { id })
    expect([job.state, job.counts.waiting, job.counts.underWay]).toEqual(['ended', 0, 0])
    expect(['backbone', 'local'].map((name) => stage.partner.failedLogIns(name))).toEqual([0, 0])
    for (const [at, writes] of writesOf(stage).entries()) {
      const begun = job.targets
        .filter(({ serverId }) => serverId === stage.serverIds[at])
        .flatMap(({ steps }) => steps.flatMap((step) => (step.begunAt === null ? [] : [`PUT ${step.path}`])))
      const times = (list: readonly string[], line: string): number => list.filter((other) => other === line).length
      for (const line of new Set(writes)) expect(times(writes, line), line).toBeLessThanOrEqual(times(begun, line))
    }
    for (const { serverId, key, before, steps } of job.targets) {
      if (!steps.every(({ outcome }) => outcome === 'done' || outcome === 'needless')) continue
      const entry = stage.jiras[stage.serverIds.indexOf(serverId)]?.entry(key)
      expect([entry?.status.status, [...(entry?.syncPasswords.values() ?? [])].includes(NEW)], key).toEqual([
        before.state,
        true,
      ])
    }
    expect(job.counts.done).toBeGreaterThan(0)
  },
)
