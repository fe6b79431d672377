import { RE2JS, RE2JSException, RE2JSSyntaxException } from 're2js'
import type { DraftField } from '#contract/editing.ts'
import { secretProblem } from '#contract/editing.ts'
import type { JobChange, ReplacedField, Replacement } from '#contract/jobs.ts'
import { maskUserinfo } from '#contract/masking.ts'
import { foreign, message, type Message } from '#contract/messages/message.ts'
import { draftValues } from '#contract/draft-values.ts'
import type { Integration } from '../backbone/integration.ts'
import { AppError } from '../errors/app-error.ts'

/** More matches than this in one text are not what the user meant. */
const MAX_FINDS = 1000

const MAX_LENGTH: Readonly<Record<'summary' | 'description' | 'address', number>> = {
  summary: 1000,
  description: 100_000,
  address: 2000,
}

/** What a text becomes; null if there are too many matches. */
type Replace = (text: string) => string | null

/**
 * The result of finding and replacing in a synchronization: its changed fields, or why they must not change. Throws
 * `input.invalid` for an invalid pattern, and for a replacement that would put a user or a password into an address.
 */
export function changesBy(
  replacement: Replacement,
  fields: readonly ReplacedField[],
): (integration: Integration) => JobChange[] | Message {
  if (maskUserinfo(replacement.by) !== replacement.by) throw refused('by', message('errors.fields.userinfo'))
  const replace = replaceBy(replacement)
  return (integration) => {
    const values = draftValues(integration)
    const changes: JobChange[] = []
    for (const field of fields) {
      const from = values[field]
      if (from === undefined) continue
      const to = replace(from)
      if (to === null) return message('jobs.leftOut.foundTooOften', { count: MAX_FINDS })
      if (to === from) continue
      // What was typed is stored with the job.
      if (secretProblem(field, from) === null && secretProblem(field, to) !== null)
        throw refused('by', message('errors.fields.userinfo'))
      const problem = problemOf(field, from, to)
      if (problem !== null) return problem
      changes.push({ field, from, to })
    }
    return changes
  }
}

function replaceBy({ find, by, isPattern }: Replacement): Replace {
  if (!isPattern) {
    return (text) => {
      const parts = text.split(find, MAX_FINDS + 2)
      return parts.length > MAX_FINDS + 1 ? null : parts.join(by)
    }
  }
  const pattern = compiled(find)
  return (text) => {
    const matcher = pattern.matcher(text)
    for (let finds = 0; matcher.find(); finds += 1) if (finds === MAX_FINDS) return null
    return pattern.matcher(text).replaceAll(by)
  }
}

function compiled(find: string): RE2JS {
  try {
    return RE2JS.compile(find)
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error
    const reason = error instanceof RE2JSSyntaxException ? error.error : error.message
    throw refused('find', message('jobs.errors.badPattern', { reason: foreign(reason) }))
  }
}

function refused(field: 'find' | 'by', problem: Message): AppError {
  return new AppError('input.invalid', problem, { fields: { [`replacement.${field}`]: problem } })
}

/** Why a field must not become this text; null if it may. */
function problemOf(field: ReplacedField, from: string, to: string): Message | null {
  const secret = secretProblem(field, from)
  if (secret !== null) return secret
  const length = MAX_LENGTH[field === 'summary' || field === 'description' ? field : 'address']
  if (to.length > length) return message('jobs.leftOut.tooLong', { count: length })
  if (field === 'summary' && to.trim() === '') return message('jobs.leftOut.emptyName')
  if (isAddress(field) && !/^https?:$/.test(URL.parse(to)?.protocol ?? ''))
    return message('jobs.leftOut.badAddress', { address: to })
  return null
}

/** Whether a field is the base URL of a side. */
export function isAddress(field: DraftField): boolean {
  return field.endsWith('.baseUrl')
}
