import type { Command } from './commands.ts'

/** A menu entry. The palette offers the same as a command, through `commandsOf`. */
export interface MenuEntry {
  /** Unique in its menu. */
  readonly id: string
  readonly label: string
  /** `false` while it cannot be chosen; it is still shown. */
  readonly isEnabled?: boolean
  /** Why it cannot be chosen. */
  readonly whyNot?: string
  /** For a choice among several: whether it is the current one, which gets a tick. */
  readonly isChosen?: boolean
  /** The keys that do the same, written as in `shortcut.ts`. */
  readonly shortcut?: string
  /** Its keys are those of a widget, which answers them itself while it has the focus. */
  readonly isOfWidget?: boolean
  readonly run: () => unknown
}

/** Entries that belong together: below their title, or else a line apart from those before them. */
export interface MenuSection {
  readonly title?: string
  /** Several of its choices can hold at once. */
  readonly isMultiple?: boolean
  readonly entries: readonly MenuEntry[]
}

/**
 * The commands for the entries that can be chosen now. `titleOf` makes an entry's label understandable without the menu
 * around it.
 */
export function commandsOf(
  entries: readonly MenuEntry[],
  about: Pick<Command, 'group' | 'isSpecific'>,
  titleOf: (label: string) => string = (label) => label,
): Command[] {
  return entries
    .filter(({ isEnabled }) => isEnabled !== false)
    .map(({ label, run, shortcut, isOfWidget = false }) => ({
      ...about,
      title: titleOf(label),
      run,
      ...(shortcut !== undefined && !isOfWidget && { shortcut }),
    }))
}
