import { StringDecoder } from 'node:string_decoder'

/** Turns the bytes of a body into text, piece by piece. */
export interface BodyDecoder {
  write(bytes: Buffer): string
  end(bytes: Buffer): string
}

/**
 * Chooses by the body's first bytes and its content type. Everything is read as UTF-8 except UTF-16, in which neither a
 * log-in page nor an echoed password would be recognised. UTF-16 is detected by a byte order mark (RFC 2781, 3.2), by
 * the charset in the content type, or by the zero bytes between its letters.
 */
export function bodyDecoder(first: Buffer, contentType: string): BodyDecoder {
  const name = utf16Of(first, contentType)
  if (name === null) return new StringDecoder('utf8')
  const decoder = new TextDecoder(name)
  return { write: (bytes) => decoder.decode(bytes, { stream: true }), end: (bytes) => decoder.decode(bytes) }
}

function utf16Of(first: Buffer, contentType: string): 'utf-16le' | 'utf-16be' | null {
  const [one = 1, two = 1] = first
  if (one === 0xff && two === 0xfe) return 'utf-16le'
  if (one === 0xfe && two === 0xff) return 'utf-16be'
  if (one !== 0 && two === 0) return 'utf-16le'
  if (one === 0 && two !== 0) return 'utf-16be'
  const named = /;\s*charset\s*=\s*"?utf-?16(le|be)?/i.exec(contentType.slice(0, 200))
  if (named === null || first.every((byte) => byte !== 0)) return null
  return named[1]?.toLowerCase() === 'le' ? 'utf-16le' : 'utf-16be'
}
