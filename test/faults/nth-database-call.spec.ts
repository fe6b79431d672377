import { DatabaseSync, StatementSync } from 'node:sqlite'
import { describe, expect, it, onTestFinished } from 'vitest'
import { fastClock } from '../support/fast-clock.ts'
import { MemoryKeychain } from '../support/memory-keychain.ts'
import { said } from '../support/said.ts'
import { scratchFolder } from '../support/scratch.ts'
import { startJira, startMain } from '../support/services.ts'
import { expectAtMostOnce, expectWhole, isSent, MOST_CALLS, story, type Acknowledged } from './morning.ts'
import { HOST } from './stage.ts'

interface DatabaseFault {
  readonly kind: 'write' | 'read'
  readonly errcode: number
  /** Every call from the n-th on fails, not that one alone. */
  readonly isLasting: boolean
}

/** Lets the n-th call of these methods of SQLite fail, until it is restored. Counts them all. */
function failNth(
  failing: number,
  { kind, errcode, isLasting }: DatabaseFault,
): { calls: () => number; restore: () => void } {
  let calls = 0
  const words = errcode === 13 ? 'database or disk is full' : 'disk I/O error'
  const restores: (() => void)[] = []
  const patch = (prototype: object, name: string, isMeant: (first: unknown) => boolean): void => {
    const target = prototype as Record<string, (...args: unknown[]) => unknown>
    const original = target[name]
    if (original === undefined) throw new Error(`SQLite has no ${name}`)
    target[name] = function (this: unknown, ...args: unknown[]) {
      if (isMeant(args[0])) {
        calls += 1
        if (isLasting ? calls >= failing : calls === failing)
          throw Object.assign(new Error(words), { code: 'ERR_SQLITE_ERROR', errcode })
      }
      return original.apply(this, args)
    }
    restores.push(() => (target[name] = original))
  }
  if (kind === 'write') {
    patch(StatementSync.prototype, 'run', () => true)
    // A rollback that fails as well does not matter: SQLite has then ended the transaction itself.
    patch(DatabaseSync.prototype, 'exec', (sql) => !String(sql).startsWith('ROLLBACK'))
  } else {
    for (const name of ['get', 'all']) patch(StatementSync.prototype, name, () => true)
  }
  const restore = (): void => restores.splice(0).forEach((undo) => undo())
  onTestFinished(restore)
  return { calls: () => calls, restore }
}

describe('whichever call of a database fails', () => {
  it.each<[string, DatabaseFault]>([
    ['because the disk is full', { kind: 'write', errcode: 13, isLasting: false }],
    ['because the disk is full and stays so', { kind: 'write', errcode: 13, isLasting: true }],
    ['because the disk cannot be read', { kind: 'read', errcode: 10, isLasting: false }],
  ])(
    '%s, nothing acknowledged is lost, nothing is sent twice, and the next start is whole',
    async (_name, databaseFault) => {
      let calls = 0
      for (let failing = 1; failing <= MOST_CALLS; failing += 1) {
        const jira = await startJira({ host: HOST, synchronizations: 4, seed: 3, embedsStatus: true })
        const [folder, keychain] = [scratchFolder(), new MemoryKeychain()]
        const done: Acknowledged = {}
        const fault = failNth(failing, databaseFault)
        try {
          const main = startMain({
            folder,
            keychain,
            beginsDatabases: true,
            clock: fastClock(60),
            random: () => 0,
            taskPollMs: 100,
          })
          await story(main, jira, done)
          // The server did as requested; a disk error does not change that, nor what is reported.
          for (const { operation, outcome, failure } of await main.ask('tasks:list', {})) {
            const wasSent = isSent(jira, operation)
            expect(outcome, `call ${failing}, ${operation}: ${said(failure)}`).toBe(wasSent ? 'succeeded' : 'failed')
          }
          expect(done.created ?? false, `call ${failing}: created`).toBe(
            jira.requestsTo('/integrations', 'POST').length === 1,
          )
          expect(done.deleted ?? false, `call ${failing}: deleted`).toBe(
            jira.requestsTo('/integrations', 'DELETE').length === 1,
          )
          await main.close()
        } catch (error) {
          if (error instanceof Error && error.name === 'AssertionError') throw error
          // The databases could not be opened: the application says so and leaves, having touched nothing.
          expect(done, `call ${failing}: ${(error as Error).stack}`).toEqual({})
        }
        calls = fault.calls()
        fault.restore()
        expectAtMostOnce(jira, `call ${failing}`)
        // If the note of a log-in cannot be removed after its answer, the next start asks the user, and sends nothing.
        const wasLeftOpen = await expectWhole(jira, folder, keychain, done, `call ${failing}`)
        if (databaseFault.kind === 'read') expect(wasLeftOpen, `call ${failing}`).toBe(false)
        await jira.stop()
        if (calls < failing) break
      }
      expect(calls).toBeGreaterThan(5)
      expect(calls).toBeLessThan(MOST_CALLS)
    },
  )
})
