import { message, type Message } from '#contract/messages/message.ts'
import type { Connector, ConnectorStatus } from '#contract/synchronizations.ts'
import { hasDirection } from '#contract/shown-text.ts'
import { MAX_KEY_LENGTH } from '#contract/synchronizations.ts'
import { UnreadableItem } from '../http/json-answer.ts'
import { TimeSlice } from '../time-slice.ts'
import { asBoolean, asNumber, asObject, asText, type WireObject } from '../wire-values.ts'

type Queue = Connector['sendQueue']

/** A synchronization as any endpoint sends it; missing or odd values become empty. */
export interface Integration {
  readonly key: string
  readonly summary: string
  readonly description: string
  /** Each Jira holds its own half; recognised by the flag or, without one, by the missing second side. */
  readonly isDistributed: boolean
  readonly isMaster: boolean | null
  readonly createdUser: string
  readonly createdDate: string
  readonly lastModifiedUser: string
  readonly lastModifiedDate: string
  readonly first: ConnectorSide | null
  readonly second: ConnectorSide | null
}

export type ConnectorSide = Omit<Connector, 'status' | 'health' | 'state' | 'reason'>

/** Returns null for something that is not a synchronization: without a key there is nothing to show or to request. */
export function readIntegration(value: unknown): Integration | null {
  const object = asObject(value)
  if (object === null || keyProblem(object.integrationKey) !== null) return null
  const key = asText(object.integrationKey)
  const second = readConnector(object.secondConnector)
  return {
    key,
    summary: asText(object.summary),
    description: asText(object.description),
    isDistributed: asBoolean(object.distributed) ?? second === null,
    isMaster: asBoolean(object.master),
    createdUser: asText(object.createdUser),
    createdDate: asText(object.createdDate),
    lastModifiedUser: asText(object.lastModifiedUser),
    lastModifiedDate: asText(object.lastModifiedDate),
    first: readConnector(object.firstConnector),
    second,
  }
}

function readConnector(value: unknown): ConnectorSide | null {
  const object = asObject(value)
  if (object === null) return null
  const connection = asObject(object.connection)
  const application = asObject(connection?.application)
  const transfer = asObject(connection?.connector)
  return {
    connectorKey: asText(object.connectorKey),
    projectKey: asText(object.projectKey),
    baseUrl: asText(application?.baseUrl),
    user: asText(application?.user),
    createdUser: asText(object.createdUser),
    createdDate: asText(object.createdDate),
    lastModifiedUser: asText(object.lastModifiedUser),
    lastModifiedDate: asText(object.lastModifiedDate),
    sendQueue: readQueue(transfer?.sendQueue),
    receiveQueue: readQueue(transfer?.receiveQueue),
    initialPollingDelayMs: asNumber(transfer?.initialInternalPollingDelay),
    pollingIntervalMs: asNumber(transfer?.internalPollingInterval),
  }
}

/** A queue has a `@type` and, depending on it, a name, a path, or something that this version does not know. */
function readQueue(value: unknown): Queue {
  const object = asObject(value)
  if (object === null) return null
  const { '@type': type, ...rest } = object
  const target = asText(rest.name ?? rest.path)
  return { type: asText(type), target: target === '' && Object.keys(rest).length > 0 ? JSON.stringify(rest) : target }
}

/** A status with both connectors; null if the server sent none (some versions send an empty object). */
export interface IntegrationStatus {
  readonly word: string
  readonly first: ConnectorStatus | null
  readonly second: ConnectorStatus | null
}

export function readStatus(value: unknown): IntegrationStatus | null {
  const object = asObject(value)
  if (object === null || Object.keys(object).length === 0) return null
  return {
    word: asText(object.status),
    first: readConnectorStatus(object.firstConnector),
    second: readConnectorStatus(object.secondConnector),
  }
}

function readConnectorStatus(value: unknown): ConnectorStatus | null {
  const object = asObject(value)
  if (object === null) return null
  const route = (name: string): ConnectorStatus['incoming'] => ({
    route: asText(object[`${name}RouteStatus`]),
    processing: asText(object[`${name}ProcessingStatus`]),
    details: asText(object[`${name}Details`]),
  })
  return {
    isOnline: asBoolean(object.online),
    isReconnecting: asBoolean(object.reconnecting),
    incoming: route('incoming'),
    outgoing: route('outgoing'),
    external: asText(object.externalRouteStatus),
    issuesInError: asNumber(object.issuesInError),
  }
}

/** Why something cannot be a synchronization's key; null if it can. */
function keyProblem(value: unknown): Message | null {
  const key = asText(value)
  if (key.trim() === '') return message('errors.key.none')
  if (key.length > MAX_KEY_LENGTH) return message('errors.key.long', { count: MAX_KEY_LENGTH })
  return key !== String(value) || /\p{Cc}/u.test(key) || hasDirection(key) ? message('errors.key.noText') : null
}

export interface ListedIntegration {
  readonly integration: Integration
  readonly original: WireObject
}

/** The answer to a list. `unreadable` says why each item that cannot be shown is left out; it fits after “it has”. */
export interface IntegrationList {
  readonly items: readonly ListedIntegration[]
  readonly unreadable: readonly Message[]
}

/** Every item of a list that can be read, with its original. Works in time slices. */
export async function readIntegrationList(list: readonly unknown[]): Promise<IntegrationList> {
  const slice = new TimeSlice()
  const items: ListedIntegration[] = []
  const unreadable: Message[] = []
  for (const item of list) {
    if (slice.isOver) await slice.next()
    const original = item instanceof UnreadableItem ? null : asObject(item)
    const integration = readIntegration(original)
    if (original !== null && integration !== null) items.push({ integration, original })
    else
      unreadable.push(
        item instanceof UnreadableItem
          ? item.reason
          : (keyProblem(original?.integrationKey) ?? message('errors.key.none')),
      )
  }
  return { items, unreadable }
}
