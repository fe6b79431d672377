import type { ConnectionForm, DraftField, NewSynchronization, PasswordField } from '#contract/editing.ts'
import type { Integration } from '../backbone/integration.ts'

type JsonObject = Record<string, unknown>

/**
 * The body of `PUT /integrations/{key}`: the key and the fields that change, nested as on the vendor's page, which asks
 * for "any (or all)" of them. Fields that do not change are left out, so that nobody else's changes are overwritten.
 */
export function updateBody(key: string, values: Partial<Record<DraftField | PasswordField, string>>): JsonObject {
  const body: JsonObject = { integrationKey: key }
  for (const [path, value] of Object.entries(values)) {
    const names = path.split('.')
    let object = body
    for (const name of names.slice(0, -1)) object = object[name] = (object[name] as JsonObject | undefined) ?? {}
    object[names.at(-1) ?? path] = value
  }
  return body
}

/** The body of `PUT …/applicationConnection`: flat connectors, user names unchanged, `proxy` only if one is set. */
export function connectionBody(integration: Integration, form: ConnectionForm): JsonObject {
  const side = (user: string, given: ConnectionForm['first']): JsonObject => ({
    baseUrl: given.baseUrl,
    user,
    password: given.password,
    ...(given.proxy && { proxy: given.proxy }),
  })
  return {
    firstConnector: side(integration.first?.user ?? '', form.first),
    ...(form.second && { secondConnector: side(integration.second?.user ?? '', form.second) }),
  }
}

/** The body of `POST /integrations`. */
export function createBody(input: NewSynchronization): JsonObject {
  const side = ({ projectKey, baseUrl, user, password }: NewSynchronization['first']): JsonObject => ({
    projectKey,
    connection: { application: { baseUrl, user, password } },
  })
  return {
    summary: input.summary,
    description: input.description,
    firstConnector: side(input.first),
    secondConnector: side(input.second),
  }
}
