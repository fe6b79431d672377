import { EventEmitter } from 'node:events'
import type { WebContents } from 'electron'
import { expect, it, vi } from 'vitest'
import { recoverPage } from '../../src-main/app/page-recovery.ts'

function page() {
  const contents = new EventEmitter()
  const told = { logger: { write: vi.fn() }, reload: vi.fn(), giveUp: vi.fn() }
  let now = 0
  recoverPage(contents as unknown as WebContents, { ...told, elapsed: () => now })
  const ends = (reason: string, after: number): void => {
    now += after
    contents.emit('render-process-gone', {}, { reason, exitCode: 11 })
  }
  return { ...told, ends, contents }
}

it('a page whose process ended is loaded again, and it is logged why', () => {
  const { ends, reload, giveUp, logger } = page()
  ends('crashed', 5)
  ends('oom', 61_000)
  expect([reload.mock.calls.length, giveUp.mock.calls.length]).toEqual([2, 0])
  expect(logger.write.mock.calls.map(([level, , fields]) => [level, fields] as unknown)).toEqual([
    ['error', { reason: 'crashed', exitCode: 11 }],
    ['error', { reason: 'oom', exitCode: 11 }],
  ])
})

it('a page that ends again within a minute is not loaded again and again', () => {
  const { ends, reload, giveUp } = page()
  ends('crashed', 0)
  ends('crashed', 59_000)
  expect([reload.mock.calls.length, giveUp.mock.calls.length]).toEqual([1, 1])
})

it('a page that closes normally is not reported', () => {
  const { ends, reload, giveUp, logger } = page()
  ends('clean-exit', 0)
  expect([reload, giveUp, logger.write].map(({ mock }) => mock.calls.length)).toEqual([0, 0, 0])
})

it('a page that hangs is logged, and left to come round', () => {
  const { contents, reload, giveUp, logger } = page()
  contents.emit('unresponsive')
  contents.emit('responsive')
  expect(logger.write.mock.calls.map(([level]) => level as unknown)).toEqual(['warn', 'info'])
  expect([reload.mock.calls.length, giveUp.mock.calls.length]).toEqual([0, 0])
})
