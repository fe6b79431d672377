import { expect, it, vi } from 'vitest'
import { systemClock } from '../../src-main/clock.ts'

it('a wait that is longer than a timer of Node takes does not end at once', () => {
  const timer = vi.spyOn(globalThis, 'setTimeout')
  systemClock.after(86_400_000 * 365, () => undefined)()
  expect(timer).toHaveBeenCalledWith(expect.any(Function), 2_147_483_647)
})
