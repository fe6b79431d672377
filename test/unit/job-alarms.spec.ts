import { expect, it } from 'vitest'
import type { JobState, WholeJob } from '../../src-contract/jobs.ts'
import { message, type Message } from '../../src-contract/messages/message.ts'
import { JobAlarms } from '../../src-main/jobs/job-alarms.ts'
import type { Alarm } from '../../src-main/notifications/alarm.ts'
import { step, target, wholeJob } from '../support/job-views.ts'

function watch(earlier: readonly WholeJob[] = []) {
  const raised: Alarm[] = []
  const alarms = new JobAlarms({ raise: (alarm) => raised.push(alarm) }, earlier)
  const be = (state: JobState, halt: Message | null = null, outcome: 'done' | 'failed' = 'done'): void =>
    alarms.changed(wholeJob({ state, halt, targets: [target({ steps: [step('stop', { outcome })] })] }))
  return { alarms, be, told: () => raised.map(({ tone, title }) => `${tone} ${title.key}`), raised }
}
const HALT = message('jobs.halt.passwords')

it('reports that a job halted by itself, and that it has ended', () => {
  const { be, told, raised } = watch()
  be('planned')
  be('running')
  be('paused', HALT)
  be('running')
  be('ended')
  expect(told()).toEqual(['attention notifications.alarms.job.halted', 'good notifications.alarms.job.ended'])
  expect(raised.map(({ text }) => text)).toEqual([HALT, message('jobs.counts.done', { count: 1 })])
})

it('reports once, however often a halted job changes, and not what the user wanted', () => {
  const { be, told } = watch()
  be('planned')
  be('running')
  be('paused')
  be('paused')
  be('running')
  expect(told()).toEqual([])
  be('paused', HALT)
  be('paused', HALT)
  expect(told()).toHaveLength(1)
})

it('reports a job that the end of Syncdeck interrupted', () => {
  const { be, told } = watch()
  be('interrupted', message('jobs.halt.interrupted'))
  expect(told()).toEqual(['attention notifications.alarms.job.halted'])
})

it('a job that ended in an earlier session is not reported again when something else in it changes', () => {
  const { be, told } = watch([wholeJob({ state: 'ended' })])
  be('ended')
  expect(told()).toEqual([])
})

it('an end with failures is no good news', () => {
  const { be, told } = watch()
  be('running')
  be('ended', null, 'failed')
  expect(told()).toEqual(['bad notifications.alarms.job.endedBadly'])
})
