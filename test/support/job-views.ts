import type { Job, JobStep, JobTarget, StepName, WholeJob } from '../../src-contract/jobs.ts'
import { targetStateOf } from '../../src-contract/jobs.ts'
import { foreign, message } from '../../src-contract/messages/message.ts'

/** A step of INT-2 that waits. */
export const step = (name: StepName, more: Partial<JobStep> = {}): JobStep => ({
  name,
  phase: 0,
  path: `/integrations/INT-2/${name === 'update' ? 'applicationConnection' : name}`,
  isOnlyIfRefused: false,
  outcome: 'waiting',
  taskId: null,
  result: null,
  begunAt: null,
  endedAt: null,
  ...more,
})

/** INT-2 on Vienna, which is running and going to be stopped. */
export const target = (more: Partial<JobTarget> = {}): JobTarget => ({
  serverId: 's1',
  serverName: 'Vienna',
  key: 'INT-2',
  summary: 'Agile Project <> Project B',
  before: {
    state: 'RUNNING',
    isOffline: false,
    first: { user: 'local', baseUrl: 'https://vienna.example' },
    second: { user: 'jira-sync', baseUrl: 'https://partner.example' },
  },
  changes: [],
  copy: null,
  missing: null,
  leftOut: null,
  backAt: null,
  steps: [step('stop')],
  ...more,
})

/** A job of these targets, with its counts. */
export function wholeJob({ targets = [target()], ...more }: Partial<WholeJob> = {}): WholeJob {
  const counts = { leftOut: 0, waiting: 0, underWay: 0, done: 0, failed: 0, unknown: 0, left: 0 }
  for (const one of targets) counts[targetStateOf(one)] += 1
  return {
    id: 'j1',
    kind: 'maintenance',
    originId: null,
    about: null,
    copyTo: null,
    replacement: null,
    maintenance: null,
    state: 'planned',
    halt: null,
    counts,
    plannedAt: 1_000_000,
    begunAt: null,
    endedAt: null,
    targets,
    asks: [],
    ...more,
  }
}

/** The same as the list has it. */
export const listed = ({ targets: _targets, asks: _asks, ...job }: WholeJob): Job => job

/** The steps of a synchronization that runs, in a job for a new password. */
export const rotation = (more: Partial<JobStep> = {}): JobStep[] => [
  step('stop', more),
  step('update', { phase: 1 }),
  step('stop', { phase: 1, isOnlyIfRefused: true }),
  step('start', { phase: 1 }),
  step('stop', { phase: 1, isOnlyIfRefused: true }),
]

/** Copied two synchronizations to Graz: one was made there, with a setting to be done by hand; one was left out. */
export function copyJob(more: Partial<JobTarget> = {}): WholeJob {
  const made = target({
    changes: [{ field: 'firstConnector.projectKey', from: 'AP', to: 'XP' }],
    copy: {
      serverId: 's2',
      serverName: 'Graz',
      key: 'INT-9',
      byHand: [{ side: 'first', part: 'fieldMappings', was: '[1]' }],
    },
    steps: [
      step('create', {
        path: '/integrations',
        outcome: 'done',
        result: foreign('=cmd|calc'),
        begunAt: 0,
        endedAt: 1000,
      }),
    ],
    ...more,
  })
  const leftOut = target({ key: 'INT-3', steps: [], leftOut: message('jobs.leftOut.sameServer') })
  const times = { begunAt: 0, endedAt: 1000 }
  const copyTo = { serverId: 's2', serverName: 'Graz' }
  return wholeJob({ kind: 'copy', state: 'ended', copyTo, ...times, targets: [made, leftOut] })
}
