import type { Snapshot } from '#contract/editing.ts'
import type { ServerId } from '#contract/ids.ts'
import type { SynchronizationDetail } from '#contract/synchronizations.ts'
import { t } from '../text/t.ts'

interface TemplateSide {
  readonly projectKey: string
  readonly baseUrl: string
  readonly user: string
}

/** The template for a new synchronization: an existing one, or the copy of a deleted one. */
export interface SynchronizationTemplate {
  readonly serverId: ServerId
  readonly key: string
  readonly summary: string
  readonly description: string
  readonly first: TemplateSide | null
  readonly second: TemplateSide | null
}

export function templateOfDetail({
  serverId,
  key,
  summary,
  description,
  first,
  second,
}: SynchronizationDetail): SynchronizationTemplate {
  return { serverId, key, summary: t('panel.create.copyOf', { name: summary }), description, first, second }
}

/** Read leniently, like everything from a server. */
export function templateOf({ serverId, key, summary, json }: Snapshot): SynchronizationTemplate {
  const object = JSON.parse(json) as Record<string, unknown>
  const text = (value: unknown): string => (typeof value === 'string' ? value : '')
  const side = (name: string): TemplateSide | null => {
    const connector = object[name] as
      { projectKey?: unknown; connection?: { application?: { baseUrl?: unknown; user?: unknown } } } | undefined
    if (connector == null) return null
    const application = connector.connection?.application
    return {
      projectKey: text(connector.projectKey),
      baseUrl: text(application?.baseUrl),
      user: text(application?.user),
    }
  }
  return {
    serverId,
    key,
    summary,
    description: text(object.description),
    first: side('firstConnector'),
    second: side('secondConnector'),
  }
}
