import { message, type Message } from '#contract/messages/message.ts'
import type { NewSynchronization } from '#contract/editing.ts'
import type { ConnectorSide, Integration } from '../backbone/integration.ts'

/**
 * What a list reveals about a creation whose answer was lost: what is new in it, and which of it matches the request.
 */
export interface Candidates {
  readonly fresh: readonly Integration[]
  /** Same name, projects and base URLs. */
  readonly similar: readonly Integration[]
  /** The only one created by our user; null if there is none, or several, or our Jira user name is unknown. */
  readonly own: Integration | null
}

/** `user`: our name in Jira; null if it is not known, as with a token. */
export function findCandidates(
  list: readonly Integration[],
  before: ReadonlySet<string>,
  input: NewSynchronization,
  user: string | null,
): Candidates {
  const fresh = list.filter(({ key }) => !before.has(key))
  const similar = fresh.filter((integration) => isLike(integration, input))
  // Jira compares user names without regard to case.
  const owned = similar.filter(
    ({ createdUser }) => user !== null && createdUser !== '' && createdUser.toLowerCase() === user.toLowerCase(),
  )
  return { fresh, similar, own: owned.length === 1 ? (owned[0] ?? null) : null }
}

/** The requested values, as far as a reading can be compared with them. */
export type Asked = Pick<NewSynchronization, 'summary'> & Record<'first' | 'second', NewSide>

/** Whether a synchronization has the name, projects and base URLs that were asked for. */
export function isLike({ summary, first, second }: Integration, input: Asked): boolean {
  return summary === input.summary && isLikeSide(first, input.first) && isLikeSide(second, input.second)
}

/**
 * The parts of a side that are compared. Its sync user is not: the vendor's page does not say that a server shows it as
 * it was sent.
 */
export type NewSide = Pick<NewSynchronization['first'], 'projectKey' | 'baseUrl'>

function isLikeSide(side: ConnectorSide | null, asked: NewSide): boolean {
  return (
    side !== null && side.projectKey === asked.projectKey && withoutSlash(side.baseUrl) === withoutSlash(asked.baseUrl)
  )
}

function withoutSlash(address: string): string {
  return address.replace(/\/+$/, '')
}

const MOST_NAMED = 5

/** `INT-7 “Name” (created by jdoe), …`; at least one. */
export function nameThem(integrations: readonly Integration[]): Message {
  const named = integrations
    .slice(0, MOST_NAMED)
    .map(({ key, summary, createdUser }) =>
      createdUser === ''
        ? message('editing.named', { key, name: summary })
        : message('editing.namedBy', { key, name: summary, user: createdUser }),
    )
  const more = integrations.length - named.length
  const all = [...named, ...(more > 0 ? [message('editing.namedMore', { count: more })] : [])]
  return all.reduce((first, next) => message('text.list.comma', { first, next }))
}
