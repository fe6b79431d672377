import { targetStateOf, type JobTarget, type WholeJob } from '#contract/jobs.ts'
import type { Message } from '#contract/messages/message.ts'
import { say, t } from '../text/say.ts'
import { toCsv } from './csv.ts'
import { jsonList } from './json-list.ts'

const COLUMNS = [
  'server',
  'key',
  'name',
  'before',
  'outcome',
  'result',
  'requests',
  'changes',
  'copyServer',
  'copyKey',
  'byHand',
  'begun',
  'ended',
] as const

/** A job, as the window has it. */
export type Exported = Pick<
  WholeJob,
  'kind' | 'about' | 'copyTo' | 'state' | 'plannedAt' | 'begunAt' | 'endedAt' | 'targets'
>

/** What a job does and to what, as text. */
export function jobTitle({ kind, about, copyTo }: Pick<Exported, 'kind' | 'about' | 'copyTo'>): string {
  return t(`jobs.titles.${kind}`, { user: about?.user ?? '', server: copyTo?.serverName ?? '' })
}

/** The outcome for each synchronization of a job, as a table for a spreadsheet; times in ISO 8601. */
export function jobCsv({ targets }: Exported): Promise<string> {
  return toCsv(
    COLUMNS.map((column) => t(`export.jobs.${column}`)),
    targets,
    (target) => {
      const { server, key, name, before, outcome, result, requests, changes, copy, begun, ended } = worded(target)
      return [
        server,
        key,
        name,
        before,
        outcome,
        result,
        requests.map(({ path, outcome }) => `${path}: ${outcome}`).join('\n'),
        changes.map(({ field, from, to }) => `${field}: ${from} → ${to}`).join('\n'),
        copy?.server ?? '',
        copy?.key ?? '',
        (copy?.byHand ?? []).map(({ side, part, was }) => `${side} ${part}: ${was}`).join('\n'),
        begun,
        ended,
      ]
    },
  )
}

/** The same as JSON, with the job itself in front. */
export async function jobJson(job: Exported): Promise<string> {
  const { kind, state, plannedAt, begunAt, endedAt, targets } = job
  const times = { planned: timeText(plannedAt), begun: timeText(begunAt), ended: timeText(endedAt) }
  const head = JSON.stringify({ title: jobTitle(job), kind, state, ...times }, null, 2)
  return `{\n"job": ${head},\n"synchronizations": ${await jsonList(targets, worded)}\n}\n`
}

/** Everything in words, for a reader who has nothing but the file. */
export function worded(target: JobTarget) {
  const { serverName, key, summary, before, changes, copy, steps } = target
  const begun = steps.flatMap(({ begunAt }) => begunAt ?? [])
  const ended = steps.flatMap(({ endedAt }) => endedAt ?? [])
  return {
    server: serverName,
    key,
    name: summary,
    before: before.state,
    outcome: t(`jobs.targetStates.${targetStateOf(target)}`),
    result: resultOf(target),
    requests: steps.map(({ name, path, outcome, result, begunAt, endedAt }) => ({
      name,
      path,
      outcome,
      result: textOf(result),
      begun: timeText(begunAt),
      ended: timeText(endedAt),
    })),
    changes,
    copy: copy && { server: copy.serverName, key: copy.key ?? '', byHand: copy.byHand },
    begun: timeText(begun.length === 0 ? null : Math.min(...begun)),
    ended: timeText(ended.length === 0 ? null : Math.max(...ended)),
  }
}

/** Why it is left out, or everything reported about its requests, and what could not be kept beforehand. */
function resultOf({ leftOut, missing, steps }: JobTarget): string {
  if (leftOut !== null) return say(leftOut)
  return [...steps.map(({ result }) => result), missing]
    .flatMap((result) => (result === null ? [] : [say(result)]))
    .join('\n')
}

function textOf(result: Message | null): string {
  return result === null ? '' : say(result)
}

function timeText(epochMs: number | null): string {
  return epochMs === null ? '' : new Date(epochMs).toISOString()
}
