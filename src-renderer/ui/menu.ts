import type { DropdownProps } from 'naive-ui'
import type { Command } from './commands.ts'

type DropdownOptions = NonNullable<DropdownProps['options']>

/** A menu entry. The palette offers the same as a command, through `commandsOf`. */
export interface MenuEntry {
  /** Unique in its menu. */
  readonly id: string
  readonly label: string
  /** `false` while it cannot be chosen; it is shown all the same. */
  readonly isEnabled?: boolean
  /** For a choice among several: whether it is the current one, which gets a tick. */
  readonly isChosen?: boolean
  readonly run: () => unknown
}

/** Entries that belong together: below their title, or else a line apart from those before them. */
export interface MenuSection {
  readonly title?: string
  readonly entries: readonly MenuEntry[]
}

/** The commands of what can be chosen at present. `titleOf` makes an entry's label understood where there is no menu around it. */
export function commandsOf(
  entries: readonly MenuEntry[],
  about: Pick<Command, 'group' | 'isSpecific'>,
  titleOf: (label: string) => string,
): Command[] {
  return entries
    .filter(({ isEnabled }) => isEnabled !== false)
    .map(({ label, run }) => ({ ...about, title: titleOf(label), run }))
}

/** A menu as Naive UI draws it; an option's key is the entry's id. */
export function optionsOf(sections: readonly MenuSection[]): DropdownOptions {
  return sections.flatMap(({ title, entries }, index): DropdownOptions => {
    const options = entries.map(optionOf)
    if (title !== undefined) return [{ type: 'group', key: `section-${index}`, label: title, children: options }]
    return index === 0 ? options : [{ type: 'divider', key: `section-${index}` }, ...options]
  })
}

function optionOf({ id, label, isEnabled = true, isChosen }: MenuEntry): DropdownOptions[number] {
  const tick = isChosen === true ? '✓ ' : '\u2003 '
  return { key: id, label: isChosen === undefined ? label : tick + label, disabled: !isEnabled }
}
