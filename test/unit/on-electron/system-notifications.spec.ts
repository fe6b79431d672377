import type { EventEmitter } from 'node:events'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it, vi } from 'vitest'
import { message } from '../../../src-contract/messages/message.ts'
import { showSystemNotification } from '../../../src-main/app/system-notifications.ts'

const shown = vi.hoisted(() => ({ all: [] as WeakRef<EventEmitter>[] }))
vi.mock('electron', async () => {
  const { EventEmitter: Emitter } = await import('node:events')
  return {
    app: {},
    Notification: class extends Emitter {
      static isSupported = (): boolean => true
      constructor() {
        super()
        // As Electron, which does not hold it either.
        shown.all.push(new WeakRef(this))
      }
      show = (): void => undefined
    },
  }
})

const logger = { write: vi.fn() }
const tell = (onClick = (): void => undefined): void =>
  showSystemNotification({ title: message('app.name'), text: message('app.name'), items: [] }, onClick, logger)
const newest = (): EventEmitter | undefined => shown.all.at(-1)?.deref()

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
/** Garbage is collected between two turns of the loop: what was looked at in this one is held until its end. */
async function collected(): Promise<number> {
  await new Promise(setImmediate)
  collect()
  return shown.all.filter((one) => one.deref() === undefined).length
}

it('a notification is there until it was clicked, whatever is collected', async () => {
  shown.all = []
  const onClick = vi.fn()
  tell(onClick)
  expect(await collected()).toBe(0)
  newest()?.emit('click')
  expect(onClick).toHaveBeenCalledOnce()
  expect(await collected()).toBe(1)
})

it('the last twenty unread notifications stay referenced', async () => {
  shown.all = []
  for (let count = 0; count < 25; count += 1) tell()
  expect(await collected()).toBe(5)
})

it('what the system refuses is logged, and let go', async () => {
  shown.all = []
  tell()
  newest()?.emit('failed', {}, 'not signed')
  expect(logger.write).toHaveBeenCalledExactlyOnceWith('warn', 'notification refused by the system', {
    error: 'not signed',
  })
  expect(await collected()).toBe(1)
})
