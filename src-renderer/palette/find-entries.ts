import type { Server } from '#contract/servers.ts'
import type { SynchronizationRow } from '#contract/synchronizations.ts'
import { COMMAND_GROUPS, type Command } from '../ui/commands.ts'
import { searchText, wordsOf } from '../text/search-text.ts'
import { rowId } from '../synchronizations/synchronizations.ts'

/** Something that the palette found, and what choosing it does. */
export interface PaletteEntry {
  readonly id: string
  readonly title: string
  /** What stands behind the title, small. */
  readonly note: string
  readonly shortcut?: string
  readonly run: () => unknown
}

export interface PaletteGroup {
  readonly name: string
  readonly entries: readonly PaletteEntry[]
}

/** Where the palette looks, and how synchronizations and servers are shown. */
export interface PaletteSources {
  readonly commands: readonly Command[]
  readonly servers: readonly Server[]
  readonly rows: Iterable<SynchronizationRow>
  readonly show: (target: { readonly serverId: string; readonly key: string | null }) => unknown
}

/** More of a kind are not listed; another word finds them. */
const MOST = 12

/**
 * What the words find, in groups. Without any: the commands, but not those of each server and panel. A synchronization whose key was
 * typed comes before those that merely contain it.
 */
export function findEntries(text: string, { commands, servers, rows, show }: PaletteSources): PaletteGroup[] {
  const words = wordsOf(text)
  const isFound = (candidate: string): boolean => words.every((word) => candidate.includes(word))
  const runnable = commands.flatMap(
    ({ title, group, shortcut, isSpecific = false, run }, index): (PaletteEntry & { group: string })[] =>
      run === null || (words.length === 0 && isSpecific) || !isFound(`${title} ${group}`.toLowerCase())
        ? []
        : [{ id: `command-${index}`, title, note: group, group, run, ...(shortcut !== undefined && { shortcut }) }],
  )
  const ordered = COMMAND_GROUPS.flatMap((group) => runnable.filter((entry) => entry.group === group))
  if (words.length === 0) return groupsOf({ Commands: ordered })

  const foundServers = servers
    .filter(({ name }) => isFound(name.toLowerCase()))
    .map(({ id, name, environment }): PaletteEntry => ({
      id: `server-${id}`,
      title: name,
      note: environment,
      run: () => show({ serverId: id, key: null }),
    }))
  return groupsOf({
    Commands: ordered.slice(0, MOST),
    Servers: foundServers.slice(0, MOST),
    Synchronizations: synchronizations(words, rows, servers, show),
  })
}

function synchronizations(
  words: readonly string[],
  rows: Iterable<SynchronizationRow>,
  servers: readonly Server[],
  show: PaletteSources['show'],
): PaletteEntry[] {
  const names = new Map(servers.map(({ id, name }) => [id, name]))
  const exact: SynchronizationRow[] = []
  const others: SynchronizationRow[] = []
  for (const row of rows) {
    const server = names.get(row.serverId)?.toLowerCase() ?? ''
    if (!words.every((word) => searchText(row).includes(word) || server.includes(word))) continue
    if (words.includes(row.key.toLowerCase())) exact.push(row)
    else if (others.length < MOST) others.push(row)
  }
  return [...exact, ...others].slice(0, MOST).map((row) => ({
    id: `row-${rowId(row)}`,
    title: `${row.key}  ${row.summary}`,
    note: `${row.stateLabel} · ${names.get(row.serverId) ?? ''}`,
    run: () => show({ serverId: row.serverId, key: row.key }),
  }))
}

function groupsOf(groups: Readonly<Record<string, readonly PaletteEntry[]>>): PaletteGroup[] {
  return Object.entries(groups).flatMap(([name, entries]) => (entries.length === 0 ? [] : [{ name, entries }]))
}
