import { readFile, stat } from 'node:fs/promises'
import { message } from '#contract/messages/message.ts'
import type { NewServer, ServerListPlan } from '#contract/servers.ts'
import { AppError } from '../errors/app-error.ts'
import type { StoredServer } from '../storage/server-table.ts'
import { readServerList } from './server-list.ts'
import { withCredential, type ServerRegistry } from './server-registry.ts'

/** Lets the user choose a file of a kind. Resolves with its path, or null when they chose none. */
export type ChooseFile = (kind: 'json' | 'servers') => Promise<string | null>

/** A larger file is not a list of servers. */
const MAX_BYTES = 1_048_576

/** Adds the servers of a list, after showing what would be added. Nothing is sent to any of them. */
export class ServerImport {
  readonly #registry: Pick<ServerRegistry, 'all' | 'prepare' | 'addAll'>

  constructor(registry: Pick<ServerRegistry, 'all' | 'prepare' | 'addAll'>) {
    this.#registry = registry
  }

  /** What a pasted text would add. Throws `input.invalid`. */
  plan(text: string): ServerListPlan {
    return readServerList(text, this.#known())
  }

  /** The same for a file. */
  async planFile(path: string): Promise<ServerListPlan> {
    if ((await stat(path)).size > MAX_BYTES) throw new AppError('input.invalid', message('errors.serverList.tooLarge'))
    return this.plan(decoded(await readFile(path)))
  }

  /**
   * Adds them, except those whose address is in the list by now. If a user is given, it is set, without a password.
   * Throws `input.invalid` and adds none if one cannot be added.
   */
  add(servers: readonly NewServer[]): StoredServer[] {
    const known = new Set(this.#known())
    const wanted = servers.flatMap(({ user, ...input }) => {
      const prepared = this.#registry.prepare({
        ...input,
        apiPath: '',
        projectKeys: [],
        caPem: '',
        allowPlainHttp: false,
        isAddressExact: true,
      })
      if (known.has(prepared.baseUrl)) return []
      known.add(prepared.baseUrl)
      // A credential that is neither in the keychain nor in memory means that the password has to be entered.
      const credential = user === '' ? null : ({ kind: 'basic', user, kept: 'session' } as const)
      return [withCredential(prepared, credential)]
    })
    this.#registry.addAll(wanted)
    return wanted
  }

  #known(): ReadonlySet<string> {
    return new Set(this.#registry.all().map(({ baseUrl }) => baseUrl))
  }
}

/** Spreadsheets save in UTF-8, in UTF-16 with a byte order mark, or in the Windows character set of western Europe. */
function decoded(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}
