import * as v from 'valibot'

/** Something from the main process does not match the contract: a bug in Syncdeck. */
export class ContractError extends Error {
  override readonly name = 'ContractError'
}

/**
 * Something from the main process, cut to what the schema names. `name`: the channel or topic, for the log, which says
 * what is wrong where, but contains no values.
 */
export function checked<S extends v.GenericSchema>(name: string, schema: S, value: unknown): v.InferOutput<S> {
  const { success, output, issues } = v.safeParse(schema, value, { abortEarly: true })
  if (success) return output
  const [issue] = issues
  const path = v.getDotPath(issue)
  const given = issue.input === null ? 'null' : typeof issue.input
  throw new ContractError(`contract: ${name}${path === null ? '' : ` at ${path}`}: ${issue.type}, given: ${given}`)
}
