import { readFile, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { asObject, asText, type WireObject } from '../wire-values.ts'
import { AppError } from '../errors/app-error.ts'

/** A larger file is no export of links. */
const MAX_BYTES = 20 * 1_048_576

const refused = (message: string): AppError =>
  new AppError('input.invalid', message, { advice: 'A file of links is a JSON array, as Syncdeck exports it.' })

/** Reads a file of links. Rejects with `input.invalid` that names the line or the path of the first problem. */
export async function readLinkFile(path: string): Promise<WireObject[]> {
  const name = basename(path)
  const { size } = await stat(path)
  if (size > MAX_BYTES)
    throw refused(`${name} has ${Math.round(size / 1_048_576)} MB; at most ${MAX_BYTES / 1_048_576} MB are read.`)
  let parsed: unknown
  try {
    parsed = JSON.parse(await readFile(path, 'utf8'))
  } catch (error) {
    const where = /line \d+ column \d+/.exec(error instanceof Error ? error.message : '')?.[0]
    throw refused(`${name} is not JSON${where === undefined ? '' : `: the first problem is at ${where}`}.`)
  }
  if (!Array.isArray(parsed)) throw refused(`${name} holds no array of links.`)
  return parsed.map((item: unknown, index) => {
    const object = asObject(item)
    if (object === null) throw refused(`${name}: [${index}] is no object.`)
    for (const field of ['localIssueKey', 'remoteIssueKey']) {
      if (asText(object[field]) === '') throw refused(`${name}: [${index}].${field} is missing.`)
    }
    return object
  })
}
