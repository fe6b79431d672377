const MAX_CHARACTERS = 120

/** Names that Windows reserves for devices, whatever follows after a dot. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/i

/**
 * A name to suggest for a file, from texts that a server may have chosen: one name and never a path, with characters
 * that every platform accepts, hidden on none, and short enough with its extension.
 */
export function suggestedFileName(name: string): string {
  const dot = name.lastIndexOf('.')
  const ending = /^\.[a-z]{1,8}$/.exec(dot > 0 ? name.slice(dot) : '')?.[0] ?? ''
  const plain = [...name.slice(0, name.length - ending.length)]
    .slice(0, MAX_CHARACTERS)
    .join('')
    // Separators, what Windows refuses, control characters, marks that change the direction of writing, and halves of
    // characters.
    .replace(/[/\\:*?"<>|\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '_')
    .replace(/\.{2,}/g, '_')
    .replace(/^[.\s]+|[.\s]+$/g, '')
    .replace(DEVICE, '_$&')
  return (plain === '' ? 'syncdeck' : plain) + ending
}
