import type { Json, JsonObject } from './model.ts'

export type ApiAnswer = { readonly status: number; readonly headers?: Readonly<Record<string, string>> } & (
  { readonly json: unknown } | { readonly text: string } | { readonly empty: true }
)

/** Ends a request with a status and the server's words. */
export class Refusal extends Error {
  readonly answer: ApiAnswer
  constructor(status: number, message: string) {
    super(message)
    this.answer = { status, json: { message } }
  }
}

export function asObject(value: Json | undefined): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
}

export function parseBody(text: string): JsonObject {
  let parsed: Json
  try {
    parsed = JSON.parse(text) as Json
  } catch {
    throw new Refusal(400, 'The request body is not JSON.')
  }
  const object = asObject(parsed)
  if (object === undefined) throw new Refusal(400, 'The request body must be a JSON object.')
  return object
}

/** One side of a new integration. Refuses with the name of the first required field that is missing. */
export function readSide(
  body: JsonObject,
  side: string,
): { projectKey: string; baseUrl: string; user: string; password: string } {
  const connector = asObject(body[side])
  const application = asObject(asObject(connector?.connection)?.application)
  const required: [string, Json | undefined][] = [
    [`${side}.projectKey`, connector?.projectKey],
    [`${side}.connection.application.baseUrl`, application?.baseUrl],
    [`${side}.connection.application.user`, application?.user],
    [`${side}.connection.application.password`, application?.password],
  ]
  for (const [field, value] of required) {
    if (typeof value !== 'string' || value === '') throw new Refusal(400, `${field}: is required`)
  }
  return {
    projectKey: String(connector?.projectKey),
    baseUrl: String(application?.baseUrl),
    user: String(application?.user),
    password: String(application?.password),
  }
}

export const notFound: ApiAnswer = { status: 404, text: 'Not found' }

export function methodNotAllowed(allow: string): ApiAnswer {
  return { status: 405, text: `Method not allowed. Allowed: ${allow}` }
}
