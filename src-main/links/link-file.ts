import { readFile, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { message, type Message } from '#contract/messages/message.ts'
import { asNumber, asObject, asText, type WireObject } from '../wire-values.ts'
import { AppError } from '../errors/app-error.ts'

/** A larger file is not an export of links. */
const MAX_BYTES = 20 * 1_048_576

const refused = (words: Message): AppError =>
  new AppError('input.invalid', words, { advice: message('errors.links.file.advice') })

/** The last entry of an exported file, if links could not be read. */
export const missingEntry = (count: number): WireObject => ({ missingLinks: count })

/**
 * Reads a file of links. `missing`: how many could not be read when it was exported. Rejects with `input.invalid`,
 * which names the line or the path of the first problem.
 */
export async function readLinkFile(path: string): Promise<{ links: WireObject[]; missing: number }> {
  const name = basename(path)
  const { size } = await stat(path)
  if (size > MAX_BYTES)
    throw refused(
      message('errors.links.file.tooLarge', { name, size: Math.round(size / 1_048_576), most: MAX_BYTES / 1_048_576 }),
    )
  let parsed: unknown
  try {
    parsed = JSON.parse(await readFile(path, 'utf8'))
  } catch (error) {
    const where = /line \d+ column \d+/.exec(error instanceof Error ? error.message : '')?.[0]
    throw refused(
      where === undefined
        ? message('errors.links.file.noJson', { name })
        : message('errors.links.file.noJsonAt', { name, where }),
    )
  }
  if (!Array.isArray(parsed)) throw refused(message('errors.links.file.noArray', { name }))
  const items: unknown[] = parsed
  const missing = asNumber(asObject(items.at(-1))?.missingLinks)
  const links = (missing === null ? items : items.slice(0, -1)).map((item, index) => {
    const object = asObject(item)
    if (object === null) throw refused(message('errors.links.file.noObject', { name, index }))
    for (const field of ['localIssueKey', 'remoteIssueKey']) {
      if (asText(object[field]) === '') throw refused(message('errors.links.file.missing', { name, index, field }))
    }
    return object
  })
  return { links, missing: missing ?? 0 }
}
