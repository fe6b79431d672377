import type { HandWork, JobTarget } from '#contract/jobs.ts'
import type { MessageKey } from '#contract/messages/messages.ts'
import { refId } from '#contract/synchronizations.ts'
import { t } from '../text/t.ts'

/** The vendor’s names for the parts of a configuration; the list is open. */
const PARTS: Readonly<Record<string, MessageKey>> = {
  sync: 'jobs.byHand.parts.sync',
  advanced: 'jobs.byHand.parts.advanced',
  fieldDefaults: 'jobs.byHand.parts.fieldDefaults',
  issueTypeMappings: 'jobs.byHand.parts.issueTypeMappings',
  fieldMappings: 'jobs.byHand.parts.fieldMappings',
  workflowMappings: 'jobs.byHand.parts.workflowMappings',
}

/** Something to do by hand for a copy, with its value in the original. */
export interface HandWorkLine {
  readonly id: string
  readonly target: JobTarget
  readonly part: string
  readonly was: string
}

/** Everything to do by hand for the copies of these. */
export function handWorkLines(targets: readonly JobTarget[]): HandWorkLine[] {
  return targets.flatMap((target) =>
    (target.copy?.byHand ?? []).map((work) => ({
      id: `hand ${refId(target)} ${work.side} ${work.part}`,
      target,
      part: partText(work),
      was: work.was,
    })),
  )
}

function partText({ side, part }: HandWork): string {
  const known = Object.hasOwn(PARTS, part) ? PARTS[part] : undefined
  return t(`jobs.byHand.${side}`, { part: known === undefined ? part : t(known) })
}
