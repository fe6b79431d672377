import * as v from 'valibot'
import { serverIdInputSchema, serverIdSchema, taskIdSchema } from './ids.ts'
import { message, messageSchema, type Message } from './messages/message.ts'
import { problem } from './messages/problem.ts'
import { holdsUserinfo, MASK, maskUserinfo } from './masking.ts'
import { projectKeySchema } from './project-key.ts'
import { noArguments, nothing, savedFile, type RequestTable } from './request-parts.ts'
import { synchronizationRefSchema } from './synchronizations.ts'

/**
 * The fields that the vendor's `PUT /integrations/{key}` lists, by their path in the body. Passwords are fields of the
 * request, but never of a draft: they live until the request is sent.
 */
export const draftFields = [
  'summary',
  'description',
  'firstConnector.projectKey',
  'firstConnector.connection.application.baseUrl',
  'firstConnector.connection.application.user',
  'secondConnector.projectKey',
  'secondConnector.connection.application.baseUrl',
  'secondConnector.connection.application.user',
] as const
export type DraftField = (typeof draftFields)[number]

export const passwordFields = [
  'firstConnector.connection.application.password',
  'secondConnector.connection.application.password',
] as const
export type PasswordField = (typeof passwordFields)[number]

const fieldTextSchema = v.pipe(v.string(), v.maxLength(100_000))
export const draftFieldSchema = v.picklist(draftFields)

const MAX_ADDRESS = 2000
/** Not a record, which would check every unknown name; here the first is enough. */
const fieldValuesSchema = v.strictObject(v.entriesFromList(draftFields, v.exactOptional(fieldTextSchema)))

/** Why a value may be neither stored nor sent: it contains a secret, or the mask of one. Null if it may. */
export function secretProblem(field: DraftField, value: string): Message | null {
  const isAddress = field.endsWith('.baseUrl')
  if (!isAddress && value.includes(MASK)) return message('errors.fields.mask', { mask: MASK })
  const isSecret = isAddress ? holdsUserinfo(value) : maskUserinfo(value) !== value
  return isSecret ? message('errors.fields.userinfo') : null
}

/** The user's changes, and the server's values when they began. */
export const draftSchema = v.strictObject({
  /** Masked if the server sent user and password in an address. */
  base: fieldValuesSchema,
  values: v.pipe(
    fieldValuesSchema,
    v.rawCheck(({ dataset, addIssue }) => {
      if (!dataset.typed) return
      for (const [field, value] of Object.entries(dataset.value) as [DraftField, string][]) {
        const secret = secretProblem(field, value)
        if (secret !== null)
          addIssue({
            message: problem(secret.key, secret.values),
            path: [{ type: 'object', origin: 'value', input: dataset.value, key: field, value }],
          })
      }
    }),
  ),
})
export type Draft = v.InferOutput<typeof draftSchema>

export const passwordsSchema = v.strictObject(
  v.entriesFromList(passwordFields, v.exactOptional(v.pipe(v.string(), v.maxLength(2000)))),
)

/** A request as it would be sent, for the user to look at. */
export const requestPreviewSchema = v.object({
  method: v.string(),
  address: v.string(),
  /** JSON, indented, secrets masked. */
  body: v.string(),
  /** A command line that sends the same request, with a placeholder for the password. */
  curl: v.string(),
})
export type RequestPreview = v.InferOutput<typeof requestPreviewSchema>

/** A field that somebody else changed since the draft was begun. */
export const editConflictSchema = v.object({
  field: draftFieldSchema,
  base: v.string(),
  server: v.string(),
  draft: v.nullable(v.string()),
})
export type EditConflict = v.InferOutput<typeof editConflictSchema>

/** Whether applying a draft began as a task, or was refused because the server's object has changed. */
export const applyResultSchema = v.variant('kind', [
  v.object({ kind: v.literal('started'), taskId: taskIdSchema }),
  v.object({ kind: v.literal('changed-on-server'), conflicts: v.array(editConflictSchema), server: fieldValuesSchema }),
])
export type ApplyResult = v.InferOutput<typeof applyResultSchema>

const withoutUserinfo = v.check((address: string) => !holdsUserinfo(address), problem('errors.fields.userinfo'))

/** A base URL that is written into a synchronization. */
export const baseUrlSchema = v.pipe(
  v.string(),
  v.maxLength(MAX_ADDRESS, problem('errors.fields.address.tooLong')),
  v.trim(),
  v.minLength(1, problem('errors.fields.address.baseUrl')),
  withoutUserinfo,
  v.url(problem('errors.address.invalid')),
  v.regex(/^https?:/i, problem('errors.fields.address.scheme')),
)

const sideConnectionSchema = v.strictObject({
  baseUrl: baseUrlSchema,
  password: v.pipe(v.string(), v.minLength(1, problem('errors.fields.user.password')), v.maxLength(2000)),
  proxy: v.nullable(
    v.strictObject({
      proxyUri: v.pipe(
        v.string(),
        v.maxLength(MAX_ADDRESS, problem('errors.fields.address.tooLong')),
        v.trim(),
        v.minLength(1, problem('errors.fields.proxy.missing')),
        v.check((address) => !holdsUserinfo(address), problem('errors.fields.proxy.userinfo')),
      ),
      username: v.pipe(v.string(), v.maxLength(255)),
      password: v.pipe(v.string(), v.maxLength(2000)),
    }),
  ),
})

/** The form over `applicationConnection`: both sides, because the server needs both passwords. */
export const connectionFormSchema = v.strictObject({
  first: sideConnectionSchema,
  second: v.nullable(sideConnectionSchema),
})
export type ConnectionForm = v.InferOutput<typeof connectionFormSchema>

/** The sync user of a new synchronization. */
export const newUserSchema = v.pipe(
  v.string(),
  v.trim(),
  v.minLength(1, problem('errors.fields.user.missing')),
  v.maxLength(255),
)

const newSideSchema = v.strictObject({
  projectKey: projectKeySchema,
  baseUrl: baseUrlSchema,
  user: newUserSchema,
  password: v.pipe(v.string(), v.minLength(1, problem('errors.fields.user.password')), v.maxLength(2000)),
})

/** What `POST /integrations` takes. */
export const newSynchronizationSchema = v.strictObject({
  summary: v.pipe(
    v.string(),
    v.trim(),
    v.minLength(1, problem('errors.fields.name.missing')),
    v.maxLength(1000, problem('errors.fields.name.tooLong')),
  ),
  description: v.pipe(v.string(), v.maxLength(100_000)),
  first: newSideSchema,
  second: newSideSchema,
})
export type NewSynchronization = v.InferOutput<typeof newSynchronizationSchema>

/** What a copy was kept before. */
export const keptWhySchema = v.picklist(['delete', 'new-password', 'change-addresses', 'copy'])
export type KeptWhy = v.InferOutput<typeof keptWhySchema>

/** The links of a connector that were kept. */
export const keptLinksSchema = v.object({
  connectorKey: v.string(),
  count: v.number(),
  /** Others of the same answer that could not be read, and were not kept. */
  unreadable: v.number(),
  /** Why none were kept; null if they were. */
  problem: v.nullable(messageSchema),
})
export type KeptLinks = v.InferOutput<typeof keptLinksSchema>

/**
 * A full copy kept before a synchronization was deleted, or something else irreversible was done; in a list, without
 * its content.
 */
export const keptCopySchema = v.object({
  id: v.string(),
  serverId: serverIdSchema,
  serverName: v.string(),
  key: v.string(),
  summary: v.string(),
  /** Epoch ms. */
  takenAt: v.number(),
  why: keptWhySchema,
  links: v.array(keptLinksSchema),
})
export type KeptCopy = v.InferOutput<typeof keptCopySchema>

/** The same with the server’s object, secrets masked. */
export const snapshotSchema = v.object({ ...keptCopySchema.entries, json: v.string() })
export type Snapshot = v.InferOutput<typeof snapshotSchema>

const snapshotIdArgs = v.strictObject({ id: v.pipe(v.string(), v.maxLength(100)) })

/** The channels of this area. */
export const editingRequests = {
  'synchronizations:preview-edit': {
    args: v.strictObject({ ref: synchronizationRefSchema, draft: draftSchema, passwords: passwordsSchema }),
    answer: requestPreviewSchema,
  },
  'synchronizations:apply-edit': {
    args: v.strictObject({ ref: synchronizationRefSchema, draft: draftSchema, passwords: passwordsSchema }),
    answer: applyResultSchema,
  },
  'synchronizations:preview-connection': {
    args: v.strictObject({ ref: synchronizationRefSchema, form: connectionFormSchema }),
    answer: requestPreviewSchema,
  },
  'synchronizations:update-connection': {
    args: v.strictObject({ ref: synchronizationRefSchema, form: connectionFormSchema }),
    answer: v.object({ taskId: taskIdSchema }),
  },
  'synchronizations:create': {
    args: v.strictObject({ serverId: serverIdInputSchema, input: newSynchronizationSchema, isStarted: v.boolean() }),
    /**
     * `note`: what the user should know, such as that the answer was lost and the result was found by reading; null if
     * all went well.
     */
    answer: v.object({ key: v.string(), note: v.nullable(messageSchema) }),
  },
  'synchronizations:delete': {
    args: v.strictObject({ ref: synchronizationRefSchema, typedKey: v.pipe(v.string(), v.maxLength(255)) }),
    answer: nothing,
  },
  'drafts:list': {
    args: noArguments,
    answer: v.array(v.object({ serverId: serverIdSchema, key: v.string(), draft: draftSchema })),
  },
  /** Null deletes the draft. */
  'drafts:set': {
    args: v.strictObject({ ref: synchronizationRefSchema, draft: v.nullable(draftSchema) }),
    answer: nothing,
  },
  /** Newest first. */
  'snapshots:list': { args: noArguments, answer: v.array(keptCopySchema) },
  'snapshots:get': { args: snapshotIdArgs, answer: snapshotSchema },
  /** The links of one of its connectors, in the form that an import of links takes. */
  'snapshots:export-links': {
    args: v.strictObject({
      ...snapshotIdArgs.entries,
      connectorKey: v.pipe(v.string(), v.minLength(1), v.maxLength(255)),
    }),
    answer: savedFile,
  },
  'snapshots:export': { args: snapshotIdArgs, answer: savedFile },
} as const satisfies RequestTable
