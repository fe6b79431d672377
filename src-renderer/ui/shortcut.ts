/**
 * A shortcut is written as modifiers and a key, joined by `+`: `Mod+Shift+A`, `F5`, `?`. `Mod` is Ctrl, and ⌘ on macOS. A key is
 * a `KeyboardEvent.key`; letters are written large.
 */
const WORDS: Readonly<Record<string, string>> = {
  Mod: 'Ctrl',
  ArrowUp: '↑',
  ArrowDown: '↓',
  PageUp: 'Page Up',
  PageDown: 'Page Down',
  Escape: 'Esc',
}
const APPLE_SIGNS: Readonly<Record<string, string>> = { Mod: '⌘', Shift: '⇧', Enter: '↩' }

/** The shortcut as the platform's own menus write it. */
export function shortcutText(shortcut: string, isApple: boolean): string {
  const words = isApple ? { ...WORDS, ...APPLE_SIGNS } : WORDS
  return shortcut
    .split('+')
    .map((part) => words[part] ?? part)
    .join(isApple ? '' : '+')
}

type Keys = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>

/** Whether these keys are the shortcut. AltGr, which layouts need for characters, comes as Ctrl and Alt, and is none. */
export function isShortcut(
  shortcut: string,
  { key, ctrlKey, metaKey, altKey, shiftKey }: Keys,
  isApple: boolean,
): boolean {
  const parts = shortcut.split('+')
  const wanted = parts.at(-1) ?? ''
  const [isMod, isOtherMod] = isApple ? [metaKey, ctrlKey] : [ctrlKey, metaKey]
  if (altKey || isOtherMod || isMod !== parts.includes('Mod')) return false
  // Signs lie on other keys in other layouts, some with Shift.
  const isSign = wanted.length === 1 && !/[A-Z0-9]/.test(wanted)
  return (isSign || shiftKey === parts.includes('Shift')) && key.toUpperCase() === wanted.toUpperCase()
}

/** Whether the keys are what somebody types into a field. */
export function isTyping(shortcut: string): boolean {
  return !shortcut.includes('Mod') && shortcut.length === 1
}
