import { t } from '../text/t.ts'

/**
 * A shortcut is written as modifiers and a key, joined by `+`: `Mod+Shift+A`, `F5`, `?`. `Mod` is Ctrl, and ⌘ on macOS.
 * A key is a `KeyboardEvent.key`; letters are capitals.
 */
const SIGNS: Readonly<Record<string, string>> = { ArrowUp: '↑', ArrowDown: '↓' }
const APPLE_SIGNS: Readonly<Record<string, string>> = { ...SIGNS, Mod: '⌘', Shift: '⇧', Enter: '↩' }

/** Keys with a name that differs between languages: `End` is `Ende` on a German keyboard. */
const NAMED = ['Mod', 'Shift', 'Enter', 'Escape', 'Space', 'PageUp', 'PageDown', 'Home', 'End'] as const

/** The shortcut as the platform's own menus write it. */
export function shortcutText(shortcut: string, isApple: boolean): string {
  const signs = isApple ? APPLE_SIGNS : SIGNS
  return shortcut
    .split('+')
    .map((part) => signs[part] ?? nameOf(part))
    .join(isApple ? '' : '+')
}

function nameOf(part: string): string {
  const named = NAMED.find((name) => name === part)
  return named === undefined ? part : t(`ui.keys.${named}`)
}

type Keys = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>

/**
 * Whether these keys are the shortcut. AltGr, which some layouts need for characters, looks like Ctrl and Alt; it never
 * matches.
 */
export function isShortcut(
  shortcut: string,
  { key, ctrlKey, metaKey, altKey, shiftKey }: Keys,
  isApple: boolean,
): boolean {
  const parts = shortcut.split('+')
  const wanted = parts.at(-1) ?? ''
  const [isMod, isOtherMod] = isApple ? [metaKey, ctrlKey] : [ctrlKey, metaKey]
  if (altKey || isOtherMod || isMod !== parts.includes('Mod')) return false
  // Layouts differ in which keys symbols are on, and whether they need Shift.
  const isSign = wanted.length === 1 && !/[A-Z0-9]/.test(wanted)
  return (isSign || shiftKey === parts.includes('Shift')) && key.toUpperCase() === wanted.toUpperCase()
}

/** Whether the keys are a text field's own: text typed into it, or the undoing of that. */
export function isTyping(shortcut: string): boolean {
  return shortcut.length === 1 || shortcut === 'Mod+Z'
}
