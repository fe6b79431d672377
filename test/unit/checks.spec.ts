import { describe, expect, it } from 'vitest'
import type { ErrorCode } from '../../src-contract/errors.ts'
import { foreign } from '../../src-contract/messages/message.ts'
import { AppError } from '../../src-main/errors/app-error.ts'
import { Checks, isUnreadable, pauseAfterCheck } from '../../src-main/tasks/checks.ts'
import { isIntendedState, isOppositeState } from '../../src-main/tasks/states.ts'
import { isFailing, looksUsedUp, MAX_UNREADABLE } from '../../src-main/tasks/unreadable.ts'

const failure = (code: ErrorCode) => new AppError(code, foreign('It failed.'))

/** How many checks are made that all end so. */
function checksMade(look: (checks: Checks) => void): number {
  const checks = new Checks()
  let count = 0
  for (; !checks.areOver && count < 1_000; count += 1) look(checks)
  return count
}

describe('what a write did is looked for', () => {
  it('eight times where nothing of it shows, or what shows cannot be read', () => {
    expect(checksMade((checks) => checks.foundNothing())).toBe(8)
    expect(checksMade((checks) => checks.failed(failure('api.not-found')))).toBe(8)
    expect(checksMade((checks) => checks.failed(new Error('a fault of our own')))).toBe(8)
  })

  it('sixty times while the server fails', () => {
    expect(checksMade((checks) => checks.failed(failure('net.unreachable')))).toBe(60)
  })

  it('at growing intervals, up to ten times the first', () => {
    expect(pauseAfterCheck(1_000, 0)).toBe(1_000)
    expect(pauseAfterCheck(1_000, 2)).toBeCloseTo(1_690)
    expect([pauseAfterCheck(1_000, 8), pauseAfterCheck(1_000, 9), pauseAfterCheck(1_000, 500)]).toEqual([
      expect.closeTo(8_157.3, 1),
      10_000,
      10_000,
    ])
  })
})

describe('a failed check', () => {
  it.each<[ErrorCode, boolean, boolean]>([
    ['api.not-found', true, false],
    ['http.unexpected-body', true, false],
    ['auth.xsrf', true, false],
    ['internal', true, false],
    ['http.server-error', false, true],
    ['net.timeout', false, true],
    ['net.unreachable', false, false],
    ['vault.locked', false, false],
  ])('with %s is unreadable: %s, or a failing server: %s', (code, unreadable, failing) => {
    expect([isUnreadable(failure(code)), isFailing(failure(code))]).toEqual([unreadable, failing])
  })

  it('uses up all that are allowed where no request can be made, else one', () => {
    expect(looksUsedUp(failure('input.invalid').data)).toBe(MAX_UNREADABLE)
    expect(looksUsedUp(failure('api.not-found').data)).toBe(1)
  })
})

describe('a state', () => {
  it.each([
    ['start', 'RUNNING', true, false],
    ['start', 'started', true, false],
    ['start', 'STOPPED', false, true],
    ['stop', 'Stopped', true, false],
    ['stop', 'RUNNING', false, true],
    ['stop', 'HANDSHAKE', false, false],
    ['start', '', false, false],
  ] as const)('of a %s that is %j is meant: %s, or the opposite: %s', (step, word, isMeant, isOpposite) => {
    expect([isIntendedState(step, word), isOppositeState(step, word)]).toEqual([isMeant, isOpposite])
  })

  it.each(['RUNNING', 'STOPPED'])('%s is no opposite of a change', (word) => {
    expect(isOppositeState('update', word)).toBe(false)
  })
})
