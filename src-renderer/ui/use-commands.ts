import { onUnmounted } from 'vue'
import { useCommandRegistry, type Command } from './commands.ts'

/** Offers commands while the component is shown; they may depend on what it shows. */
export function useCommands(commands: () => readonly Command[]): void {
  onUnmounted(useCommandRegistry().offer(commands))
}
