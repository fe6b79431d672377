import * as v from 'valibot'

/** What came from the main process is not what the contract says: a fault of Syncdeck's own. */
export class ContractError extends Error {
  override readonly name = 'ContractError'
}

/**
 * What came from the main process, cut to what the schema names. `name`: the channel or topic, for the log, which is told what is wrong
 * where, and nothing of the values.
 */
export function checked<S extends v.GenericSchema>(name: string, schema: S, value: unknown): v.InferOutput<S> {
  const { success, output, issues } = v.safeParse(schema, value, { abortEarly: true })
  if (success) return output
  const [issue] = issues
  const path = v.getDotPath(issue)
  const given = issue.input === null ? 'null' : typeof issue.input
  throw new ContractError(`contract: ${name}${path === null ? '' : ` at ${path}`}: ${issue.type}, given: ${given}`)
}
