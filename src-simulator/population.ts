import {
  plainStatus,
  vendorDate,
  type Connector,
  type Entry,
  type Integration,
  type JsonObject,
  type Queue,
} from './model.ts'
import type { Random } from './random.ts'

/** Type, severity, field, message. */
type ConflictKind = readonly [string, string, string, string]

const THEMES: readonly [readonly [string, string], ...(readonly [string, string])[]] = [
  ['Agile Project', 'AP'],
  ['Supplier intake', 'SUPP'],
  ['Field service', 'FS'],
  ['Claims (DE)', 'CLDE'],
  ['Platform incidents', 'PLAT'],
  ['Mobile app', 'MOB'],
  ['Web shop', 'WEB'],
  ['HR requests', 'HR'],
  ['Facilities', 'FAC'],
  ['Quality management', 'QM'],
  ['Firmware', 'FW'],
  ['Billing', 'BILL'],
  ['Data warehouse', 'DWH'],
  ['Customer portal', 'CUP'],
  ['Network operations', 'NOPS'],
  ['Security findings', 'SEC'],
  ['Translations – Übersetzungen', 'I18N'],
  ['Spare parts', 'SPA'],
]

const PARTNERS: readonly [readonly [string, string], ...(readonly [string, string])[]] = [
  ['Vendor delivery', 'VD'],
  ['Agency hub', 'AGH'],
  ['Payroll', 'PAY'],
  ['Service desk', 'SD'],
  ['Legacy tracker', 'LEG'],
  ['Manufacturing', 'MFG'],
  ['Second-level support', 'SLS'],
  ['Consulting partner', 'CPA'],
]

const CONFLICT_KINDS: readonly [ConflictKind, ...ConflictKind[]] = [
  ['fieldMapping', 'WARNING', 'Priority', 'The value “Blocker” has no counterpart on the other side.'],
  ['issueType', 'ERROR', 'Bug', 'The issue type “Bug” does not exist in the project any more.'],
  ['workflow', 'ERROR', 'Resolve', 'The transition “Resolve” cannot be executed by the sync user.'],
  ['permission', 'ERROR', 'Browse projects', 'The sync user is not allowed to browse the project.'],
]

function configuration(random: Random): JsonObject {
  return {
    sync: {
      outgoingJqls: random.next() < 0.3 ? ['labels = partner AND statusCategory != Done'] : [],
      outgoingInterval: '5s',
      incomingInterval: '5s',
      automaticConflictResolution: random.next() < 0.2,
    },
    advanced: { archivedMessagesPerIssue: 2, discardedMessagesPerIssue: 2, sequenceErrorRetries: 5 },
    fieldDefaults: [],
    issueTypeMappings: {
      incoming: [{ from: 'Bug', to: 'Bug' }],
      outgoing: [{ from: 'Bug', to: 'Bug' }],
    },
    fieldMappings: [
      { id: 'summary', mappingType: 'TEXT' },
      { id: 'description', mappingType: 'TEXT' },
      { id: 'priority', mappingType: 'SELECT' },
    ],
    workflowMappings: [{ id: '##GLOBAL##' }],
  }
}

function connector(
  random: Random,
  fields: {
    key: string
    createdBy: string
    projectKey: string
    baseUrl: string
    user: string
    date: string
    send: Queue
    receive: Queue
  },
): Connector {
  return {
    createdUser: fields.createdBy,
    lastModifiedUser: fields.createdBy,
    createdDate: fields.date,
    lastModifiedDate: fields.date,
    connectorKey: fields.key,
    projectKey: fields.projectKey,
    projectConnectorKey: `k15t.backbone.syncinfo.${uuid(random)}`,
    connection: {
      application: { baseUrl: fields.baseUrl, user: fields.user },
      connector: {
        sendQueue: fields.send,
        receiveQueue: fields.receive,
        initialInternalPollingDelay: 1000,
        internalPollingInterval: 1000,
      },
    },
    configuration: configuration(random),
  }
}

function uuid(random: Random): string {
  const part = (digits: number): string => random.hex(digits).toLowerCase()
  return `${part(8)}-${part(4)}-${part(4)}-${part(4)}-${part(12)}`
}

/** One side as requested; `user` is the sync user. */
interface NewSide {
  projectKey: string
  baseUrl: string
  user: string
}

export interface NewIntegration {
  number: number
  firstId: number
  /** Whose log-in made it. */
  createdBy: string
  summary: string
  description: string
  first: NewSide
  second: NewSide | null
  epochMs: number
}

/** Makes one integration with the defaults that the vendor's POST example shows filled in. */
export function buildIntegration(random: Random, spec: NewIntegration): Integration {
  const key = `INT-${spec.number}`
  const date = vendorDate(spec.epochMs)
  const firstKey = `${spec.first.projectKey}-${spec.firstId}`
  const { createdBy } = spec
  const frame = {
    createdUser: createdBy,
    lastModifiedUser: createdBy,
    createdDate: date,
    lastModifiedDate: date,
    integrationKey: key,
    summary: spec.summary,
    description: spec.description,
  }
  if (spec.second === null) {
    return {
      ...frame,
      distributed: true,
      master: random.next() < 0.5,
      partnerProjectType: 'business',
      firstConnector: connector(random, {
        key: firstKey,
        createdBy,
        ...spec.first,
        date,
        send: { '@type': 'file', path: `${key}/SEND` },
        receive: { '@type': 'file', path: `${key}/RECEIVE` },
      }),
    }
  }
  const secondKey = `${spec.second.projectKey}-${spec.firstId + 1}`
  const toSecond: Queue = { '@type': 'file', path: `${key}/${firstKey}_to_${secondKey}` }
  const toFirst: Queue = { '@type': 'file', path: `${key}/${secondKey}_to_${firstKey}` }
  return {
    ...frame,
    firstConnector: connector(random, {
      key: firstKey,
      createdBy,
      ...spec.first,
      date,
      send: toSecond,
      receive: toFirst,
    }),
    secondConnector: connector(random, {
      key: secondKey,
      createdBy,
      ...spec.second,
      date,
      send: toFirst,
      receive: toSecond,
    }),
  }
}

export function buildEntry(integration: Integration, isRunning: boolean): Entry {
  return {
    integration,
    status: plainStatus(integration, isRunning),
    conflicts: [],
    links: [],
    syncPasswords: new Map(),
  }
}

export function addConflict(random: Random, entry: Entry): void {
  const [type, severity, field, message] = random.pick(CONFLICT_KINDS)
  entry.conflicts.push({
    connectorKey: entry.integration.firstConnector.connectorKey,
    severity,
    type,
    field,
    message,
  })
}

/** Fills a server with `count` synchronizations in the mixture of states that an administrator meets. */
export function populate(random: Random, count: number, baseUrl: string, epochMs: number): Entry[] {
  const entries: Entry[] = []
  let connectorId = 2
  for (let number = 2; number < count + 2; number += 1) {
    const [name, projectKey] = random.pick(THEMES)
    const [partner, partnerKey] = random.pick(PARTNERS)
    const isDistributed = random.next() < 0.15
    const round = Math.floor((number - 2) / THEMES.length)
    const integration = buildIntegration(random, {
      number,
      firstId: connectorId,
      createdBy: 'admin',
      summary: `${name} <> ${partner}${round === 0 ? '' : ` ${round + 1}`}`,
      description: `This integration synchronizes issues between project ${name} (${projectKey}) and project ${partner} (${partnerKey})`,
      first: { projectKey, baseUrl, user: 'backbone' },
      second: isDistributed
        ? null
        : { projectKey: partnerKey, baseUrl: 'https://jira.partner.example/jira', user: 'backbone' },
      epochMs: epochMs - random.whole(1, 2000) * 86_400_000,
    })
    connectorId += 2
    const fate = random.next()
    const entry = buildEntry(integration, fate >= 0.18)
    const first = entry.status.firstConnector
    if (fate >= 0.92) {
      first.issuesInError = random.whole(1, 9)
    } else if (fate >= 0.88) {
      first.online = false
      first.reconnecting = true
      first.incomingDetails = 'The other Jira did not answer.'
    } else if (fate >= 0.84) {
      entry.status.status = 'RESTART REQUIRED'
    } else if (fate >= 0.81 && isDistributed) {
      entry.status.status = 'HANDSHAKE'
    }
    if (random.next() < 0.15) addConflict(random, entry)
    for (let link = 1; link <= random.whole(2, 6); link += 1) {
      const time = epochMs - random.whole(1, 900) * 3_600_000
      entry.links.push({
        id: number * 100 + link,
        connectorKey: integration.firstConnector.connectorKey,
        localIssueKey: `${projectKey}-${random.whole(1, 4000)}`,
        remoteIssueKey: `${partnerKey}-${random.whole(1, 4000)}`,
        firstSyncDate: time - 86_400_000,
        lastOutgoingChange: time,
        lastChangeSeen: time,
        lastIncomingChange: time,
        outgoingMessageSequenceId: random.whole(1, 40),
        incomingMessageSequenceId: random.whole(1, 40),
        comments: [],
        incomingChangesIgnored: false,
      })
    }
    entries.push(entry)
  }
  return entries
}

/** What a connector has that was made without a configuration. */
export function emptyConfiguration(): JsonObject {
  return {
    sync: { outgoingJqls: [], outgoingInterval: '5s', incomingInterval: '5s', automaticConflictResolution: false },
    advanced: { archivedMessagesPerIssue: 2, discardedMessagesPerIssue: 2, sequenceErrorRetries: 5 },
    fieldDefaults: [],
    issueTypeMappings: { incoming: [], outgoing: [] },
    fieldMappings: [],
    workflowMappings: [{ id: '##GLOBAL##' }],
  }
}
