import type { ServerId } from '#contract/ids.ts'
import type { Server } from '#contract/servers.ts'
import { refId, type SynchronizationRow } from '#contract/synchronizations.ts'
import { COMMAND_GROUPS, type Command, type CommandGroup } from '../ui/commands.ts'
import { searchText, wordsOf } from '../text/search-text.ts'
import { counted, say, t } from '../text/t.ts'
import type { TokensFound } from '../table/find-by-tokens.ts'

/** A result of the palette, and what choosing it does. */
export interface PaletteEntry {
  readonly id: string
  readonly title: string
  /** Shown small after the title. */
  readonly note: string
  readonly shortcut?: string
  readonly run: () => unknown
}

type PaletteGroupName = 'table' | 'commands' | 'servers' | 'synchronizations'

export interface PaletteGroup {
  readonly name: PaletteGroupName
  readonly entries: readonly PaletteEntry[]
}

/** What the palette searches, and how it opens synchronizations and servers. */
export interface PaletteSources {
  readonly commands: readonly Command[]
  readonly servers: readonly Server[]
  readonly rows: Iterable<SynchronizationRow>
  /** What the text means to the filter of the table, if it has tokens. */
  readonly tokens: TokensFound | null
  readonly show: (target: { readonly serverId: ServerId; readonly key: string | null }) => unknown
}

/** At most this many results of a kind. */
const MOST = 12

/**
 * What the words find, in groups. Without any: the commands, but not those of each server and panel. A synchronization
 * whose key was typed comes before those that merely contain it. With tokens of the table’s filter: what they find, and
 * the table that shows it.
 */
export function findEntries(text: string, { commands, servers, rows, tokens, show }: PaletteSources): PaletteGroup[] {
  if (tokens !== null) return foundByTokens(tokens, servers, show)
  const words = wordsOf(text)
  const isFound = (candidate: string): boolean => words.every((word) => candidate.includes(word))
  const runnable = commands.flatMap(
    ({ title, group, shortcut, isSpecific = false, run }, index): (PaletteEntry & { group: CommandGroup })[] => {
      const note = t(`ui.commandGroups.${group}`)
      return run === null || (words.length === 0 && isSpecific) || !isFound(`${title} ${note}`.toLowerCase())
        ? []
        : [{ id: `command-${index}`, title, note, group, run, ...(shortcut !== undefined && { shortcut }) }]
    },
  )
  const ordered = COMMAND_GROUPS.flatMap((group) => runnable.filter((entry) => entry.group === group))
  if (words.length === 0) return filled([{ name: 'commands', entries: ordered }])

  const foundServers = servers
    .filter(({ name }) => isFound(name.toLowerCase()))
    .map(({ id, name, environment }): PaletteEntry => ({
      id: `server-${id}`,
      title: name,
      note: t(`ui.environments.${environment}`),
      run: () => show({ serverId: id, key: null }),
    }))
  return filled([
    { name: 'commands', entries: ordered.slice(0, MOST) },
    { name: 'servers', entries: foundServers.slice(0, MOST) },
    { name: 'synchronizations', entries: synchronizations(words, rows, servers, show) },
  ])
}

function foundByTokens(
  { rows, words, show: showTable }: TokensFound,
  servers: readonly Server[],
  show: PaletteSources['show'],
): PaletteGroup[] {
  if (rows.length === 0) return []
  const table: PaletteEntry = {
    id: 'table',
    title: counted('palette.show', rows.length),
    note: words,
    run: showTable,
  }
  const entryOf = rowEntries(servers, show)
  return [
    { name: 'table', entries: [table] },
    { name: 'synchronizations', entries: rows.slice(0, MOST).map(entryOf) },
  ]
}

function synchronizations(
  words: readonly string[],
  rows: Iterable<SynchronizationRow>,
  servers: readonly Server[],
  show: PaletteSources['show'],
): PaletteEntry[] {
  const names = new Map(servers.map(({ id, name }) => [id, name.toLowerCase()]))
  const exact: SynchronizationRow[] = []
  const others: SynchronizationRow[] = []
  for (const row of rows) {
    const server = names.get(row.serverId) ?? ''
    if (!words.every((word) => searchText(row).includes(word) || server.includes(word))) continue
    if (words.includes(row.key.toLowerCase())) exact.push(row)
    else if (others.length < MOST) others.push(row)
  }
  return [...exact, ...others].slice(0, MOST).map(rowEntries(servers, show))
}

function rowEntries(
  servers: readonly Server[],
  show: PaletteSources['show'],
): (row: SynchronizationRow) => PaletteEntry {
  const names = new Map(servers.map(({ id, name }) => [id, name]))
  return (row) => ({
    id: `row-${refId(row)}`,
    title: `${row.key}  ${row.summary}`,
    note: `${say(row.state)} · ${names.get(row.serverId) ?? ''}`,
    run: () => show({ serverId: row.serverId, key: row.key }),
  })
}

function filled(groups: readonly PaletteGroup[]): PaletteGroup[] {
  return groups.filter(({ entries }) => entries.length > 0)
}
