import { EventEmitter } from 'node:events'
import type { App } from 'electron'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { closeBeforeQuit } from '../../src-main/app/quitting.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** An application; each call of `quits` asks it to quit, and returns whether it does. */
function application(close: () => Promise<void>) {
  const app = Object.assign(new EventEmitter(), { quit: vi.fn(), exit: vi.fn() })
  closeBeforeQuit(app as unknown as App, close)
  const quits = (): boolean => {
    const preventDefault = vi.fn()
    app.emit('will-quit', { preventDefault })
    return preventDefault.mock.calls.length === 0
  }
  return { ...app, quits }
}

it('quits once everything is closed, which is done once', async () => {
  const closing = Promise.withResolvers<undefined>()
  const close = vi.fn(() => closing.promise)
  const { quits, quit, exit } = application(close)
  expect(quits()).toBe(false)
  expect(quit).not.toHaveBeenCalled()
  closing.resolve(undefined)
  await vi.advanceTimersByTimeAsync(60_000)
  expect([quit.mock.calls.length, exit.mock.calls.length, close.mock.calls.length]).toEqual([1, 0, 1])
  expect(quits()).toBe(true)
})

it('ends after ten seconds where closing never does', async () => {
  const { quits, exit } = application(() => new Promise(() => undefined))
  quits()
  await vi.advanceTimersByTimeAsync(9_999)
  expect(exit).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(1)
  expect(exit).toHaveBeenCalledExactlyOnceWith(0)
})
