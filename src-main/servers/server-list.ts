import { message, type Message } from '#contract/messages/message.ts'
import { isLogInUser } from '#contract/credentials.ts'
import { NAME_MAX_LENGTH, type Environment, type ListedServer, type ServerListPlan } from '#contract/servers.ts'
import { AppError } from '../errors/app-error.ts'
import { asObject } from '../wire-values.ts'
import { inspectAddress } from './address.ts'

/** The most lines of a list: anything longer is not a list of servers. */
const MAX_LINES = 1000
const MAX_USER_LENGTH = 255

/** The columns, by the names that lists give them. */
const COLUMNS: Readonly<Record<keyof Line, RegExp>> = {
  address: /^(address|url|base ?url|link|adresse)$/,
  name: /^(name|server|title|label)$/,
  environment: /^(environment|env|stage|umgebung)$/,
  user: /^(user|user ?name|login|account|who|benutzer(name)?|konto)$/,
}
const SECRET = /pass(word|wd|phrase)?|secret|token|kennwort|passwort|credential/
const ENVIRONMENTS: Readonly<Record<Environment, RegExp>> = {
  production: /^(p|prod|production|live|produktion|produktiv)$/,
  test: /^(t|test|testing|qa|stage|staging)$/,
  development: /^(d|dev|development|entwicklung)$/,
}

interface Line {
  readonly address: string
  readonly name: string
  readonly environment: string
  readonly user: string
}

const refused = (words: Message): AppError => new AppError('input.invalid', words)

/**
 * What a list of servers would add: JSON, CSV with a line of column names, or one address per line. A line that cannot
 * be used says why; a server that exists already, or is listed twice, is recognised by its base URL. Throws
 * `input.invalid` if this is not such a list, or contains passwords.
 */
export function readServerList(text: string, known: ReadonlySet<string>): ServerListPlan {
  const lines = linesOf(text.replace(/^\uFEFF/, ''))
  if (lines.length === 0) throw refused(message('errors.serverList.empty'))
  if (lines.length > MAX_LINES) throw refused(message('errors.serverList.tooMany', { most: MAX_LINES }))
  const seen = new Set<string>()
  return {
    lines: lines.map(({ number, ...line }) => {
      const entry = understood(line, number)
      const { baseUrl } = entry
      if (baseUrl === null || entry.problem !== null) return entry
      const problem = known.has(baseUrl)
        ? message('errors.serverList.known')
        : seen.has(baseUrl)
          ? message('errors.serverList.twice')
          : null
      seen.add(baseUrl)
      return { ...entry, problem, isKnown: problem !== null }
    }),
  }
}

function linesOf(text: string): (Line & { number: number })[] {
  const begun = text.trimStart()
  if (/^[[{]/.test(begun)) return fromJson(text)
  const separator = [';', '\t', ','].find((mark) => begun.split('\n', 1)[0]?.includes(mark))
  const table = cells(text, separator ?? '\n')
  const [header] = table
  const names = (header?.cells ?? []).map((cell) => cell.trim().toLowerCase())
  if (!names.some((name) => COLUMNS.address.test(name))) return fromAddresses(table)
  const secret = names.findIndex((name) => SECRET.test(name))
  return table.slice(1).map(({ number, cells: values }) => {
    if (secret !== -1 && (values[secret] ?? '').trim() !== '') refuseSecret(names[secret] ?? '')
    const of = (column: keyof Line): string =>
      (values[names.findIndex((name) => COLUMNS[column].test(name))] ?? '').trim()
    return { number, address: of('address'), name: of('name'), environment: of('environment'), user: of('user') }
  })
}

/**
 * Without column names, every cell that is not empty is an address. If there are several on one line, they have to look
 * like addresses: what is beside one may be a password.
 */
function fromAddresses(table: ReturnType<typeof cells>): (Line & { number: number })[] {
  return table.flatMap(({ number, cells: values }) => {
    const addresses = values.map((cell) => cell.trim()).filter((cell) => cell !== '')
    if (addresses.length > 1 && !addresses.every((address) => /^https?:\/\//i.test(address)))
      throw refused(message('errors.serverList.noColumns'))
    return addresses.map((address) => ({ number, address, name: '', environment: '', user: '' }))
  })
}

function fromJson(text: string): (Line & { number: number })[] {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    throw refused(message('errors.serverList.noJson'))
  }
  const items: unknown = Array.isArray(parsed) ? parsed : asObject(parsed)?.servers
  if (!Array.isArray(items)) throw refused(message('errors.serverList.noArray'))
  return (items as unknown[]).map((item, index) => {
    const entries = typeof item === 'string' ? [['address', item] as const] : Object.entries(asObject(item) ?? {})
    const secret = entries.find(([name, value]) => SECRET.test(name.toLowerCase()) && value !== '' && value !== null)
    if (secret !== undefined) refuseSecret(secret[0])
    const of = (column: keyof Line): string => {
      const value = entries.find(([name]) => COLUMNS[column].test(name.toLowerCase()))?.[1]
      return typeof value === 'string' ? value.trim() : ''
    }
    return {
      number: index + 1,
      address: of('address'),
      name: of('name'),
      environment: of('environment'),
      user: of('user'),
    }
  })
}

function refuseSecret(column: string): never {
  throw new AppError('input.invalid', message('errors.serverList.secret', { column: column.slice(0, 50) }), {
    advice: message('errors.serverList.secretAdvice'),
  })
}

function understood(line: Line, number: number): ListedServer {
  const { baseUrl, problem, isPlainHttp } = inspectAddress(line.address)
  const environment = environmentOf(line.environment)
  const user = line.user.normalize('NFC')
  const name = (line.name || (baseUrl === null ? '' : new URL(baseUrl).host)).slice(0, NAME_MAX_LENGTH)
  return {
    line: number,
    name,
    baseUrl,
    environment: environment ?? 'production',
    user,
    isKnown: false,
    problem:
      problem ??
      (isPlainHttp ? message('errors.serverList.plain') : null) ??
      (environment === null
        ? message('errors.serverList.environment', { word: line.environment.slice(0, 50) })
        : null) ??
      (user.length > MAX_USER_LENGTH ? message('errors.serverList.user') : null) ??
      (isLogInUser(user) ? null : message('errors.serverList.userCharacters')),
  }
}

/** If none is named, it is production, where every step is confirmed; null for an unknown word. */
function environmentOf(word: string): Environment | null {
  const wanted = word.toLowerCase()
  if (wanted === '') return 'production'
  return (Object.keys(ENVIRONMENTS) as Environment[]).find((name) => ENVIRONMENTS[name].test(wanted)) ?? null
}

/** The cells of each line that is not empty (RFC 4180), with the number of the line. */
function cells(text: string, separator: string): { number: number; cells: string[] }[] {
  const lines: { number: number; cells: string[] }[] = []
  let row: string[] = []
  let cell = ''
  let isQuoted = false
  let number = 1
  let begun = 1
  const end = (): void => {
    row.push(cell)
    if (row.some((value) => value.trim() !== '')) lines.push({ number: begun, cells: row })
    row = []
    cell = ''
    begun = number
  }
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at)
    if (character === '\n') number += 1
    if (isQuoted && character === '"' && text.charAt(at + 1) === '"') {
      cell += '"'
      at += 1
    } else if (character === '"' && (isQuoted || cell.trim() === '')) {
      isQuoted = !isQuoted
    } else if (isQuoted) {
      cell += character
    } else if (character === '\n') {
      end()
    } else if (character === separator) {
      row.push(cell)
      cell = ''
    } else if (character !== '\r') {
      cell += character
    }
  }
  if (isQuoted) throw refused(message('errors.serverList.quotes', { line: begun }))
  end()
  return lines
}
