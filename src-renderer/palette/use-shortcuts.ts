import { onMounted, onUnmounted } from 'vue'
import { useSettings } from '../settings/settings.ts'
import { useCommandRegistry } from '../ui/commands.ts'
import { isShortcut, isTyping } from '../ui/shortcut.ts'

const TEXT_FIELD = 'input:not([type=checkbox], [type=radio]), textarea, [contenteditable]'

/** Runs the command whose shortcut is pressed. Not while a dialog is open, nor for text typed into a field. */
export function useShortcuts(): void {
  const registry = useCommandRegistry()
  const settings = useSettings()

  const onKeydown = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || document.querySelector('[aria-modal="true"]') !== null) return
    const isInField = event.target instanceof HTMLElement && event.target.matches(TEXT_FIELD)
    const command = registry.all.find(
      ({ shortcut, run }) =>
        run !== null &&
        shortcut !== undefined &&
        !(isInField && isTyping(shortcut)) &&
        isShortcut(shortcut, event, settings.isApple),
    )
    if (command === undefined) return
    event.preventDefault()
    command.run?.()
  }
  onMounted(() => window.addEventListener('keydown', onKeydown))
  onUnmounted(() => window.removeEventListener('keydown', onKeydown))
}
