import { defineStore } from 'pinia'
import { computed, shallowReactive } from 'vue'

/** In the order in which they are listed. */
export const COMMAND_GROUPS = ['go', 'table', 'synchronization', 'servers', 'application'] as const
export type CommandGroup = (typeof COMMAND_GROUPS)[number]

export const PALETTE_SHORTCUT = 'Mod+K'

/** A command available in the current view. */
export interface Command {
  readonly title: string
  readonly group: CommandGroup
  /** Its keys, written as in `shortcut.ts`, if it has any. */
  readonly shortcut?: string
  /** One of a server or a panel, of which there are many: it is listed only where somebody looks for it. */
  readonly isSpecific?: boolean
  /** `null` where the keys are those of a widget, which answers them while it has the focus. */
  readonly run: (() => unknown) | null
}

/**
 * All commands. Components offer them while they are mounted; the palette, the list of shortcuts and the keyboard use
 * them.
 */
export const useCommandRegistry = defineStore('commands', () => {
  const offers = shallowReactive(new Map<symbol, () => readonly Command[]>())
  const all = computed(() => [...offers.values()].flatMap((commands) => commands()))

  /** Returns a function that withdraws the offer. */
  function offer(commands: () => readonly Command[]): () => void {
    const id = Symbol('offer')
    offers.set(id, commands)
    return () => void offers.delete(id)
  }

  return { all, offer }
})
