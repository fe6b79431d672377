/// <reference types="vite/types/importMeta.d.ts" />
import type { Messages } from './messages.ts'

const files = import.meta.glob<Messages>('./*.json', { eager: true, import: 'default' })

/** All languages there are, by their tag: each is a file here, `de.json` say, and needs nothing else. Known only to what Vite builds. */
export const languages: Readonly<Record<string, Messages>> = Object.fromEntries(
  Object.entries(files).map(([path, messages]) => [path.slice('./'.length, -'.json'.length), messages]),
)
