import type { EventEmitter } from 'node:events'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createWindow } from '../../../src-main/app/window.ts'
import type { WindowPlace } from '../../../src-main/app/window-place.ts'

/** The second one is the primary one. */
const DISPLAYS = vi.hoisted(() => [
  { id: 1, workArea: { x: 1000, y: 0, width: 2000, height: 1000 } },
  { id: 2, workArea: { x: 0, y: 0, width: 1000, height: 700 } },
])

vi.mock('electron', async () => {
  const { EventEmitter: Emitter } = await import('node:events')
  return {
    nativeTheme: { shouldUseDarkColors: false },
    screen: {
      getPrimaryDisplay: () => DISPLAYS[1],
      getAllDisplays: () => DISPLAYS,
    },
    BrowserWindow: class extends Emitter {
      readonly maximize = vi.fn()
      readonly options: object
      constructor(options: object) {
        super()
        this.options = options
      }
      readonly webContents = { setWebRTCIPHandlingPolicy: () => undefined }
      readonly show = vi.fn()
      isGone = false
      isDestroyed = (): boolean => this.isGone
    },
  }
})

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function window(place: WindowPlace | null = null) {
  const made = createWindow({ preload: '', isDevToolsAllowed: false, place })
  return made as unknown as EventEmitter & {
    show: ReturnType<typeof vi.fn>
    maximize: ReturnType<typeof vi.fn>
    options: object
    isGone: boolean
  }
}

it('opens within the primary display the first time, and where it was from then on', () => {
  expect(window().options).toMatchObject({ width: 1000, height: 700 })
  const bounds = { x: 1200, y: 10, width: 1500, height: 900 }
  expect(window({ bounds, isMaximized: false }).options).toMatchObject(bounds)
})

it('is maximized again, and not before it has something to show', () => {
  const bounds = { x: 1200, y: 10, width: 1500, height: 900 }
  const made = window({ bounds, isMaximized: true })
  expect(made.maximize).not.toHaveBeenCalled()
  made.emit('ready-to-show')
  expect(made.maximize).toHaveBeenCalledOnce()
  expect(made.show).toHaveBeenCalledOnce()
  const other = window({ bounds, isMaximized: false })
  other.emit('ready-to-show')
  expect(other.maximize).not.toHaveBeenCalled()
})

it('is shown with its first paint, and once', async () => {
  const made = window()
  expect(made.show).not.toHaveBeenCalled()
  made.emit('ready-to-show')
  await vi.advanceTimersByTimeAsync(60_000)
  expect(made.show).toHaveBeenCalledOnce()
})

it('is shown after eight seconds if no first paint is reported', async () => {
  const made = window()
  await vi.advanceTimersByTimeAsync(8_000)
  expect(made.show).toHaveBeenCalledOnce()
})

it('is not shown any more once it was closed', async () => {
  const made = window()
  made.isGone = true
  made.emit('closed')
  await vi.advanceTimersByTimeAsync(60_000)
  expect(made.show).not.toHaveBeenCalled()
})
