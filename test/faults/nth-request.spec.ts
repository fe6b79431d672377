import { describe, expect, it } from 'vitest'
import { foreign } from '../../src-contract/messages/message.ts'
import { AppError } from '../../src-main/errors/app-error.ts'
import { createTransport, type HttpRequest, type TransportOptions } from '../../src-main/http/transport.ts'
import { workThrough } from '../../src-main/http/work-through.ts'
import { fastClock } from '../support/fast-clock.ts'
import { MemoryKeychain } from '../support/memory-keychain.ts'
import { startJira, startMain } from '../support/services.ts'
import { expectAtMostOnce, expectWhole, isSent, MOST_CALLS, story, type Acknowledged } from './morning.ts'
import { HOST } from './stage.ts'

/** They mostly wait. */
const MORNINGS_AT_ONCE = 4

describe('whichever request fails', () => {
  const unreachable = (): AppError => new AppError('net.unreachable', foreign('The network is gone.'))
  it.each<[string, number, (send: () => Promise<unknown>) => Promise<never>]>([
    ['before it is sent', 0, () => Promise.reject(unreachable())],
    [
      'after it was answered',
      1,
      (send) =>
        send().then(
          () => Promise.reject(unreachable().withLostAnswer()),
          () => Promise.reject(unreachable().withLostAnswer()),
        ),
    ],
  ])('%s, each write is sent at most once, and told as what it was', async (_name, logInsLeftOpen, fail) => {
    let made = 0
    let leftOpen = 0
    let unknown = 0
    /** One morning in which the `failing`-th request fails; whether it made as many. */
    const live = async (failing: number): Promise<boolean> => {
      const jira = await startJira({ host: HOST, synchronizations: 4, seed: 3, embedsStatus: true })
      const keychain = new MemoryKeychain()
      let lost: { readonly path: string } | null = null as { readonly path: string } | null
      let count = 0
      const failingTransport = (options: TransportOptions) => {
        const transport = createTransport(options)
        return {
          close: () => transport.close(),
          send: (request: HttpRequest) => {
            count += 1
            if (count === failing) lost = { path: new URL(request.url).pathname }
            return count === failing ? fail(() => transport.send(request)) : transport.send(request)
          },
        }
      }
      const main = startMain({
        keychain,
        clock: fastClock(60),
        random: () => 0,
        taskPollMs: 100,
        createTransport: failingTransport,
      })
      const done: Acknowledged = {}
      await story(main, jira, done)
      expectAtMostOnce(jira, `request ${failing}`)
      // A new password is not visible: if the answer was lost, it is unknown, and never done.
      if (lost !== null && lost.path.endsWith('/applicationConnection')) {
        const task = (await main.ask('tasks:list', {})).find(({ operation }) => operation === 'connection')
        expect(task?.outcome, `request ${failing}`).toBe(isSent(jira, 'connection') ? 'unknown' : 'failed')
        expect(done.connected, `request ${failing}`).toBe(false)
        unknown += 1
      }
      await main.close()
      made = Math.max(made, count)
      if (await expectWhole(jira, main.folder, keychain, done, `request ${failing}`)) leftOpen += 1
      await jira.stop()
      return count >= failing
    }
    let isOver = false
    const each = Array.from({ length: MOST_CALLS }, (_, index) => index + 1)
    await workThrough(
      each,
      MORNINGS_AT_ONCE,
      async (failing) => {
        if (!(await live(failing))) isOver = true
      },
      () => isOver,
    )
    // The one log-in of the story; all else goes by its session.
    expect(leftOpen).toBe(logInsLeftOpen)
    expect(unknown, 'losses of the new password').toBe(1)
    expect(isOver, 'the story ends').toBe(true)
    expect(made).toBeGreaterThan(5)
  })
})
