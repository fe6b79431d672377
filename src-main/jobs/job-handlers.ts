import { message } from '#contract/messages/message.ts'
import type { jobRequests } from '#contract/jobs.ts'
import { AppError } from '../errors/app-error.ts'
import { jobCsv, jobJson, jobTitle } from '../export/job-file.ts'
import type { HandlersOf } from '../ipc/answer-request.ts'
import type { SynchronizationDirectory } from '../synchronizations/synchronization-directory.ts'
import type { CopyPlanner } from './copy-planner.ts'
import type { JobPlanner } from './job-planner.ts'
import { jobReport } from './job-report.ts'
import type { JobRunner } from './job-runner.ts'
import { isOpen, viewOf, wholeView } from './job-state.ts'
import type { JobStore } from './job-store.ts'
import type { Maintenances } from './maintenances.ts'
import type { PlannedEnds } from './planned-ends.ts'
import { syncUsersOf } from './sync-users.ts'

/** Handles requests about jobs. */
export function jobHandlers({
  jobs,
  jobStore,
  jobPlanner,
  copyPlanner,
  maintenances,
  plannedEnds,
  directory,
  saveFile,
}: {
  readonly jobs: Pick<JobRunner, 'begin' | 'pause' | 'goOn' | 'end' | 'retry'>
  readonly jobStore: Pick<JobStore, 'all' | 'get' | 'remove'>
  readonly jobPlanner: Pick<JobPlanner, 'plan' | 'planBack' | 'planPassword' | 'planReplacement'>
  readonly copyPlanner: Pick<CopyPlanner, 'plan'>
  readonly maintenances: Pick<Maintenances, 'noteOf'>
  readonly plannedEnds: Pick<PlannedEnds, 'begun'>
  readonly directory: Pick<SynchronizationDirectory, 'rows'>
  readonly saveFile: (name: string, text: string) => Promise<string | null>
}): HandlersOf<typeof jobRequests> {
  return {
    'jobs:list': () => jobStore.all().map(viewOf).toReversed(),
    'jobs:get': ({ id }) => wholeView(jobStore.get(id)),
    'jobs:plan-maintenance': async ({ targets }) => wholeView(await jobPlanner.plan('maintenance', targets)),
    'jobs:sync-users': () => syncUsersOf(directory.rows()),
    'jobs:plan-password': async ({ user, baseUrls }) => wholeView(await jobPlanner.planPassword(user, baseUrls)),
    'jobs:plan-back': async ({ id, targets }) => wholeView(await jobPlanner.planBack(id, targets)),
    'jobs:plan-clean-up': async ({ targets }) => wholeView(await jobPlanner.plan('clean-up', targets)),
    'jobs:plan-texts': async ({ targets, fields, replacement }) =>
      wholeView(await jobPlanner.planReplacement('change-texts', targets, fields, replacement)),
    'jobs:plan-addresses': async ({ targets, sides, replacement }) => {
      const fields = sides.map((side) => `${side}Connector.connection.application.baseUrl` as const)
      return wholeView(await jobPlanner.planReplacement('change-addresses', targets, fields, replacement))
    },
    'jobs:plan-copy': async ({ targets, serverId, mapping }) =>
      wholeView(await copyPlanner.plan(targets, serverId, mapping)),
    'jobs:begin': ({ id, typed, maintenance }) => {
      jobs.begin(id, typed, maintenances.noteOf(id, maintenance))
      plannedEnds.begun(id)
    },
    'jobs:pause': ({ id }) => jobs.pause(id),
    'jobs:go-on': ({ id, passwords }) => jobs.goOn(id, passwords),
    'jobs:end': ({ id }) => jobs.end(id),
    'jobs:retry': ({ id }) => jobs.retry(id),
    'jobs:export': async ({ id, format }) => {
      const job = wholeView(jobStore.get(id))
      const text = await { csv: jobCsv, json: jobJson, html: jobReport }[format](job)
      return { path: await saveFile(`${jobTitle(job)}.${format}`, text) }
    },
    'jobs:forget': ({ id }) => {
      if (isOpen(jobStore.get(id))) throw new AppError('input.invalid', message('jobs.errors.stillRunning'))
      jobStore.remove([id])
    },
  }
}
