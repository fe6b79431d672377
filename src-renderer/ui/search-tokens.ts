/** A part of what was typed: a word or quoted words, or `key:value`; `-` before it excludes what it finds. */
export interface SearchToken<Field extends string> {
  /** Null for words that are looked for anywhere. */
  readonly field: Field | null
  /** Without quotes. Empty if only the key was typed so far. */
  readonly value: string
  readonly isNegated: boolean
}

/** A token with its place in the typed text. */
export interface PlacedToken<Field extends string> extends SearchToken<Field> {
  readonly from: number
  readonly to: number
  /** What is before the colon, as typed; null if there is none. Without a field, the key is unknown. */
  readonly key: string | null
}

/** A key has no digits, and an address is not a token: neither `10:30` nor `https://jira` is a token. */
const KEYED = /^(\p{L}[\p{L}-]+):(?!\/\/)/u
const PARTS = /(?:"[^"]*(?:"|$)|[^\s"])+/g

/**
 * The tokens of a text, in its order. A quote that is not closed reaches to the end: somebody is still typing.
 * `fieldOf`: the field that is called so, if any.
 */
export function parseSearch<Field extends string>(
  text: string,
  fieldOf: (key: string) => Field | null,
): PlacedToken<Field>[] {
  return [...text.matchAll(PARTS)].flatMap(({ 0: part, index: from }) => {
    const isNegated = part.length > 1 && part.startsWith('-')
    const rest = isNegated ? part.slice(1) : part
    const key = KEYED.exec(rest)?.[1] ?? null
    const field = key === null ? null : fieldOf(key)
    const value = (field === null || key === null ? rest : rest.slice(key.length + 1)).replaceAll('"', '').trim()
    return field === null && value === '' ? [] : [{ field, value, isNegated, key, from, to: from + part.length }]
  })
}

/** A token as one would type it; parsing it gives the same again. Its value has no quotes. */
export function writeToken({
  key,
  value,
  isNegated,
}: Pick<PlacedToken<string>, 'key' | 'value' | 'isNegated'>): string {
  const isPlain = !/\s/.test(value) && (key !== null || !(value.startsWith('-') || KEYED.test(value)))
  return `${isNegated ? '-' : ''}${key === null ? '' : `${key}:`}${isPlain ? value : `"${value}"`}`
}

/** A text without some of its tokens, and without the room that they leave. */
export function withoutTokens(text: string, tokens: readonly Pick<PlacedToken<string>, 'from' | 'to'>[]): string {
  return tokens
    .toSorted((a, b) => b.from - a.from)
    .reduce((rest, { from, to }) => rest.slice(0, from) + rest.slice(to).trimStart(), text)
}
