import { expect, it, vi } from 'vitest'
import { Signal } from '../../src-main/signal.ts'

it('calls all listeners, in order and before emitting returns', () => {
  const signal = new Signal<[string]>()
  const told: string[] = []
  signal.on((what) => told.push(`first ${what}`))
  signal.on((what) => told.push(`second ${what}`))
  signal.emit('change')
  expect(told).toEqual(['first change', 'second change'])
})

it('passes what a listener throws to the emitter', () => {
  const signal = new Signal()
  const later = vi.fn()
  signal.on(() => {
    throw new Error('broken')
  })
  signal.on(later)
  expect(() => signal.emit()).toThrow('broken')
  expect(later).not.toHaveBeenCalled()
})
