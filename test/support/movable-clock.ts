import { systemClock, type Clock } from '../../src-main/clock.ts'

/** A clock that goes as time does, and can be moved on. */
export function movableClock(): { readonly clock: Clock; readonly moveOn: (milliseconds: number) => void } {
  let offset = 0
  return {
    clock: { ...systemClock, now: () => systemClock.now() + offset, elapsed: () => systemClock.elapsed() + offset },
    moveOn: (milliseconds) => {
      offset += milliseconds
    },
  }
}
