import { RefreshCw } from '@lucide/vue'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import IconButton from '../../src-renderer/ui/IconButton.vue'
import { show } from './support.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

const isNamed = (): boolean => document.querySelector('.n-tooltip')?.textContent?.includes('Refresh') === true

it('a button with only an icon says its name to who points at it, until it is pressed', async () => {
  const pressed = vi.fn()
  const button = show(IconButton, { icon: RefreshCw, label: 'Refresh', onClick: pressed }).get('button')
  const point = async () => {
    await button.trigger('pointerenter')
    await button.trigger('mouseenter')
    await vi.advanceTimersByTimeAsync(600)
  }
  const leave = async () => {
    await button.trigger('mouseleave')
    await vi.advanceTimersByTimeAsync(1000)
  }
  expect(isNamed()).toBe(false)
  await point()
  expect(isNamed()).toBe(true)
  await button.trigger('click')
  await vi.advanceTimersByTimeAsync(1000)
  expect(isNamed()).toBe(false)
  await leave()
  await point()
  expect(isNamed()).toBe(true)
  await leave()
  expect(isNamed()).toBe(false)

  // Pressed before the name had come.
  await button.trigger('pointerenter')
  await button.trigger('mouseenter')
  await button.trigger('click')
  await vi.advanceTimersByTimeAsync(1000)
  expect(isNamed()).toBe(false)
  expect(pressed).toHaveBeenCalledTimes(2)
})
