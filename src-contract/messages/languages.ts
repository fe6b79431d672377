/// <reference types="vite/types/importMeta.d.ts" />
import english from './en.json'
import type { Messages } from './messages.ts'
import { PSEUDO_LANGUAGE, pseudoMessages } from './pseudo.ts'

const files = import.meta.glob<Messages>('./*.json', { eager: true, import: 'default' })

let pseudo: Messages | undefined

/**
 * All languages there are, by their tag: each is a file here, `de.json` say, and needs nothing else. Known only to what
 * Vite builds. The pseudo-language is made when it is spoken.
 */
export const languages: Readonly<Record<string, Messages>> = {
  ...Object.fromEntries(
    Object.entries(files).map(([path, messages]) => [path.slice('./'.length, -'.json'.length), messages]),
  ),
  get [PSEUDO_LANGUAGE]() {
    return (pseudo ??= pseudoMessages(english))
  },
}
