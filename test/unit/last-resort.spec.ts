import { EventEmitter } from 'node:events'
import { expect, it, vi } from 'vitest'
import { installLastResort } from '../../src-main/app/last-resort.ts'

function install() {
  const source = new EventEmitter()
  const told = { logger: { write: vi.fn() }, notify: vi.fn(), showEnd: vi.fn(), exit: vi.fn() }
  installLastResort(source, told)
  return { source, ...told }
}

it('logs and reports an unhandled rejection, and continues', () => {
  const { source, logger, notify, exit } = install()
  source.emit('unhandledRejection', new Error('unseen'))
  expect(logger.write).toHaveBeenCalledExactlyOnceWith('error', 'unhandled rejection', {
    stack: expect.stringContaining('unseen'),
  })
  expect(notify).toHaveBeenCalledOnce()
  expect(exit).not.toHaveBeenCalled()
})

it('ends after an exception that nobody caught, and says so once', () => {
  const { source, logger, showEnd, exit } = install()
  source.emit('uncaughtException', new Error('first'))
  source.emit('uncaughtException', 'second')
  expect(logger.write.mock.calls.map(([, , fields]) => (fields as { stack: string }).stack.split('\n')[0])).toEqual([
    'Error: first',
    'second',
  ])
  expect(showEnd).toHaveBeenCalledOnce()
  expect(exit).toHaveBeenCalledExactlyOnceWith(1)
})
