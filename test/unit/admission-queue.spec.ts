import { expect, it } from 'vitest'
import { foreign } from '../../src-contract/messages/message.ts'
import { AppError } from '../../src-main/errors/app-error.ts'
import { AdmissionQueue } from '../../src-main/http/admission-queue.ts'
import { settled } from '../support/simulated-clock.ts'

const failure = new AppError('auth.blocked', foreign('The gate is closed.'))

/** A queue, and what became of those who wait in it. */
function scene() {
  const queue = new AdmissionQueue<string>()
  const ends: string[] = []
  const wait = (name: string, about?: string, signal?: AbortSignal): void =>
    void queue.wait(signal, about).then(
      (value) => ends.push(`${name} got ${value}`),
      (error: unknown) => ends.push(`${name}: ${error instanceof AppError ? error.code : String(error)}`),
    )
  return { queue, ends, wait }
}

it('admits those who wait in the order in which they came, one at a time', async () => {
  const { queue, ends, wait } = scene()
  expect(queue.isEmpty).toBe(true)
  queue.admitOne(() => 'nobody')
  wait('first', 'a')
  wait('second', 'b')
  expect(queue.isEmpty).toBe(false)
  queue.admitOne((about) => `a pass for ${about}`)
  await settled()
  expect(ends).toEqual(['first got a pass for a'])
  queue.admitOne((about) => `a pass for ${about}`)
  await settled()
  expect(ends.at(-1)).toBe('second got a pass for b')
  expect(queue.isEmpty).toBe(true)
})

it('admits only somebody who is meant, and knows whether there is one', async () => {
  const { queue, ends, wait } = scene()
  wait('first', 'a')
  wait('second', 'b')
  const isB = (about: string) => about === 'b'
  expect(queue.has(isB)).toBe(true)
  queue.admitOne(() => 'it', isB)
  queue.admitOne(() => 'it', isB)
  await settled()
  expect(ends).toEqual(['second got it'])
  expect([queue.has(isB), queue.isEmpty]).toEqual([false, false])
})

it('refuses all, or those alone who wait for one thing', async () => {
  const { queue, ends, wait } = scene()
  wait('first', 'a')
  wait('second', 'b')
  wait('third', 'a')
  queue.refuseOf('a', failure)
  await settled()
  expect(ends).toEqual(['first: auth.blocked', 'third: auth.blocked'])
  expect(queue.isEmpty).toBe(false)
  wait('fourth')
  queue.refuseAll(failure)
  await settled()
  expect(ends.slice(2)).toEqual(['second: auth.blocked', 'fourth: auth.blocked'])
  expect(queue.isEmpty).toBe(true)
})

it('forgets who was called off, and calls off nobody else who was served before', async () => {
  const { queue, ends, wait } = scene()
  const callers = ['first', 'second', 'third', 'fourth'].map((name) => ({
    name,
    caller: new AbortController(),
  }))
  for (const { name, caller } of callers) wait(name, name, caller.signal)
  wait('last')
  callers[0]?.caller.abort()
  await settled()
  expect(ends).toEqual(['first: net.aborted'])
  queue.admitOne((about) => about)
  queue.refuseOf('third', failure)
  await settled()
  // Their turn is over: the queue is as it was.
  callers[1]?.caller.abort()
  callers[2]?.caller.abort()
  queue.admitOne((about) => about)
  queue.admitOne(() => 'the end')
  await settled()
  expect(ends.slice(1)).toEqual(['second got second', 'third: auth.blocked', 'fourth got fourth', 'last got the end'])
  expect(queue.isEmpty).toBe(true)
})
