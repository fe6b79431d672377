import { symlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { whyLockRefused } from '../../src-main/app/lock-refused.ts'
import { scratchFolder } from '../support/scratch.ts'

const locked = (holder: string | null): string => {
  const folder = scratchFolder()
  if (holder !== null) symlinkSync(holder, join(folder, 'SingletonLock'))
  return folder
}

it.runIf(process.platform !== 'win32').each([
  ['running', `${hostname()}-123`],
  ['elsewhere', 'another-computer-123'],
  ['impossible', null],
] as const)('a lock that is not given is told apart: %s', (why, holder) => {
  expect(whyLockRefused(locked(holder), true, 'linux')).toBe(why)
})

it('where there is no such link, another one is running', () => {
  expect(whyLockRefused(locked(null), true, 'win32')).toBe('running')
  expect(whyLockRefused(locked(null), false, 'linux')).toBe('running')
})
