import type { DropdownProps } from 'naive-ui'
import { h } from 'vue'
import type { Command } from './commands.ts'
import { shortcutText } from './shortcut.ts'

type DropdownOptions = NonNullable<DropdownProps['options']>

/** A menu entry. The palette offers the same as a command, through `commandsOf`. */
export interface MenuEntry {
  /** Unique in its menu. */
  readonly id: string
  readonly label: string
  /** `false` while it cannot be chosen; it is shown all the same. */
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
  readonly entries: readonly MenuEntry[]
}

/** The commands of what can be chosen at present. `titleOf` makes an entry's label understood where there is no menu around it. */
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

/** Names the parts of a menu for those who hear it. */
export const MENU_ROLES = {
  menuProps: () => ({ role: 'menu' }),
  nodeProps: ({ disabled, whyNot }) => ({
    role: 'menuitem',
    ...(disabled === true && { 'aria-disabled': 'true' as const }),
    ...(typeof whyNot === 'string' && { title: whyNot }),
  }),
} satisfies DropdownProps

/** A menu as Naive UI draws it; an option's key is the entry's id. */
export function optionsOf(sections: readonly MenuSection[], isApple = false): DropdownOptions {
  return sections.flatMap(({ title, entries }, index): DropdownOptions => {
    const options = entries.map((entry) => optionOf(entry, isApple))
    if (title !== undefined) return [{ type: 'group', key: `section-${index}`, label: title, children: options }]
    return index === 0 ? options : [{ type: 'divider', key: `section-${index}` }, ...options]
  })
}

/** Runs the entry of this id. */
export function runEntry(sections: readonly MenuSection[], id: string): void {
  sections
    .flatMap(({ entries }) => entries)
    .find((entry) => entry.id === id)
    ?.run()
}

function optionOf(
  { id, label, isEnabled = true, whyNot, isChosen, shortcut }: MenuEntry,
  isApple: boolean,
): DropdownOptions[number] {
  const tick = isChosen === true ? '✓ ' : '\u2003 '
  const words = isChosen === undefined ? label : tick + label
  return {
    key: id,
    label:
      shortcut === undefined
        ? words
        : () =>
            h('span', { class: 'with-keys' }, [words, h('kbd', { class: 'keys' }, shortcutText(shortcut, isApple))]),
    disabled: !isEnabled,
    whyNot,
  }
}
