import { refId } from '#contract/synchronizations.ts'
import type { Conflict } from '#contract/conflicts.ts'
import type { ServerId } from '#contract/ids.ts'
import { nameOrder } from '../text/spoken.ts'
import { t } from '../text/t.ts'
import { kindWords } from '../text/vendor-words.ts'
import { stateOf, type ConflictState } from './conflicts.ts'

/** By what conflicts are put together under a head, in the order in which that is offered. */
export const CONFLICT_GROUPINGS = ['synchronization', 'server', 'kind', 'message', 'none'] as const
export type ConflictGrouping = (typeof CONFLICT_GROUPINGS)[number]

/** A line of the list: the head of a group, or a conflict. */
export type ConflictLine =
  | {
      readonly kind: 'head'
      readonly id: string
      readonly label: string
      readonly conflicts: readonly Conflict[]
      readonly isOpen: boolean
    }
  | {
      readonly kind: 'conflict'
      readonly conflict: Conflict
      /** For the only member of a group, what the heading would say: a heading for one line adds nothing. */
      readonly alone?: string
    }

export interface ConflictNames {
  readonly server: (serverId: ServerId) => string
  readonly summary: (conflict: Conflict) => string
}

const STATE_ORDER: Readonly<Record<ConflictState, number>> = { new: 0, known: 1, gone: 2 }

/**
 * The lines of the list: groups with the most new ones first; in each group, new ones before known ones before gone
 * ones. A single one has no heading.
 */
export function groupConflicts(
  conflicts: readonly Conflict[],
  grouping: ConflictGrouping,
  closed: ReadonlySet<string>,
  names: ConflictNames,
): ConflictLine[] {
  const inOrder = [...conflicts].sort(
    (a, b) =>
      STATE_ORDER[stateOf(a)] - STATE_ORDER[stateOf(b)] ||
      b.firstSeenAt - a.firstSeenAt ||
      a.identity.localeCompare(b.identity),
  )
  const line = (conflict: Conflict): ConflictLine => ({ kind: 'conflict', conflict })
  if (grouping === 'none') return inOrder.map(line)
  const groups = [...Map.groupBy(inOrder, (conflict) => groupOf(conflict, grouping))]
  const newOf = (members: readonly Conflict[]): number => members.filter((member) => stateOf(member) === 'new').length
  const compare = nameOrder()
  return groups
    .map(([id, members]) => ({ id, members, label: labelOf(members[0], grouping, names), isNew: newOf(members) }))
    .sort((a, b) => b.isNew - a.isNew || b.members.length - a.members.length || compare(a.label, b.label))
    .flatMap(({ id, members, label }): ConflictLine[] => {
      const [first] = members
      if (first !== undefined && members.length === 1) return [{ kind: 'conflict', conflict: first, alone: label }]
      const isOpen = !closed.has(id)
      return [{ kind: 'head', id, label, conflicts: members, isOpen }, ...(isOpen ? members.map(line) : [])]
    })
}

function groupOf({ serverId, key, kind, message }: Conflict, grouping: ConflictGrouping): string {
  switch (grouping) {
    case 'synchronization':
      return refId({ serverId, key })
    case 'server':
      return serverId
    case 'kind':
      return `kind ${kind}`
    case 'message':
      return `message ${message}`
    case 'none':
      return ''
  }
}

function labelOf(first: Conflict | undefined, grouping: ConflictGrouping, names: ConflictNames): string {
  if (first === undefined) return ''
  switch (grouping) {
    case 'synchronization':
      return t('conflicts.group.synchronization', {
        key: first.key,
        summary: names.summary(first) || t('conflicts.group.withoutName'),
        server: names.server(first.serverId),
      })
    case 'server':
      return names.server(first.serverId)
    case 'kind':
      return kindWords(first.kind) || t('conflicts.group.withoutKind')
    case 'message':
      return first.message || t('conflicts.group.withoutMessage')
    case 'none':
      return ''
  }
}
