import type { CopyMapping, SyncPassword, WholeJob } from '../../src-contract/jobs.ts'
import type { SynchronizationRef } from '../../src-contract/synchronizations.ts'
import type { SimulatedJira } from '../../src-simulator/index.ts'
import { rotationStage, type RotationOptions, type RotationStage } from './rotation.ts'

/** Every synchronization of the second server, all of them centralized, is going to be copied to the first one. */
export async function copyStage(options: RotationOptions = {}): Promise<RotationStage> {
  return rotationStage({ servers: 2, each: 4, ...options })
}

/** What a user enters: another project for each of these, and the rest unchanged. */
export function mappingOf(projects: Readonly<Record<string, string>> = {}): CopyMapping {
  return { baseUrls: [], users: [], projects: Object.entries(projects).map(([from, to]) => ({ from, to })) }
}

/** The Jira of the originals, and that of the copies. */
export function jirasOf({ jiras: [goal, source] }: RotationStage): { source: SimulatedJira; goal: SimulatedJira } {
  if (goal === undefined || source === undefined) throw new Error('Both are needed')
  return { source, goal }
}

/** The synchronizations to copy. */
export const originals = ({ refs, serverIds }: RotationStage): SynchronizationRef[] =>
  refs.filter(({ serverId }) => serverId === serverIds[1])

export const planCopy = (
  stage: RotationStage,
  mapping: CopyMapping = mappingOf(),
  targets: readonly SynchronizationRef[] = originals(stage),
): Promise<WholeJob> =>
  stage.main.ask('jobs:plan-copy', { targets: [...targets], serverId: stage.serverIds[0] ?? '', mapping })

/** The passwords as they are. */
export const passwords = ({ partner: { baseUrl } }: RotationStage, backbone = 'backbone'): SyncPassword[] => [
  { user: 'backbone', baseUrl, password: backbone },
  { user: 'local', baseUrl, password: 'local' },
]

/** What the server of the copies was asked to create, as it arrived. */
export const creationsOf = (stage: RotationStage): Record<string, unknown>[] =>
  jirasOf(stage)
    .goal.requestsTo('/integrations', 'POST')
    .filter(({ path }) => path === '/integrations')
    .map(({ body }) => JSON.parse(body) as Record<string, unknown>)

/** The body of each request that a job lists, by what its review shows: passwords alone are not in it. */
export function listedBodies({ targets }: WholeJob): unknown[] {
  return targets
    .filter(({ steps }) => steps.some(({ name }) => name === 'create'))
    .map(({ changes }) => {
      const body: Record<string, unknown> = {}
      for (const { field, to } of changes) {
        const names = field.split('.')
        let object = body
        for (const name of names.slice(0, -1)) object = object[name] = (object[name] ?? {}) as Record<string, unknown>
        object[names.at(-1) ?? ''] = to
      }
      return body
    })
}

/** A body as listed: without its passwords. */
export function withoutPasswords(body: unknown): unknown {
  return JSON.parse(JSON.stringify(body, (name, value: unknown) => (name === 'password' ? undefined : value)))
}
