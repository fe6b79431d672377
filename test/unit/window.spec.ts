import type { EventEmitter } from 'node:events'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createWindow } from '../../src-main/app/window.ts'

vi.mock('electron', async () => {
  const { EventEmitter: Emitter } = await import('node:events')
  return {
    nativeTheme: { shouldUseDarkColors: false },
    BrowserWindow: class extends Emitter {
      readonly webContents = { setWebRTCIPHandlingPolicy: () => undefined }
      readonly show = vi.fn()
      isGone = false
      isDestroyed = (): boolean => this.isGone
    },
  }
})

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function window() {
  const made = createWindow({ preload: '', isDevToolsAllowed: false })
  return made as unknown as EventEmitter & { show: ReturnType<typeof vi.fn>; isGone: boolean }
}

it('is shown with its first paint, and once', async () => {
  const made = window()
  expect(made.show).not.toHaveBeenCalled()
  made.emit('ready-to-show')
  await vi.advanceTimersByTimeAsync(60_000)
  expect(made.show).toHaveBeenCalledOnce()
})

it('is shown after eight seconds where no first paint is told', async () => {
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
