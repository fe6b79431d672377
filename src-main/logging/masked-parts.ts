import { MASK } from '#contract/masking.ts'
import { TimeSlice } from '../time-slice.ts'
import { maskedJson, SECRET_NAME } from './redact.ts'

/** Approximate length of a part, in characters. */
const PART = 65_536
/** Items of a list that are written together; an item of a Backbone list has some hundred characters. */
const ITEMS = 100
/** Values of a list or an object that is written in one go. */
const FEW = 20
/** Values that are nested deeper are written in one go; Backbone sends none. */
const MAX_DEPTH = 10

/** Like `maskedJson`, but written in time slices, in parts that make up the JSON when joined. */
export async function maskedParts(value: unknown): Promise<string[]> {
  const writing = new MaskedWriting()
  await writing.write(value, 0)
  return writing.end()
}

/** A list, like `maskedJson`, but written in time slices, in parts that are each a JSON list of some of its items. */
export async function maskedLists(items: readonly unknown[]): Promise<string[]> {
  const lists: string[] = []
  const slice = new TimeSlice()
  for (let at = 0; at < items.length; at += ITEMS) {
    lists.push(maskedJson(items.slice(at, at + ITEMS)))
    if (slice.isOver) await slice.next()
  }
  return lists
}

class MaskedWriting {
  readonly #parts: string[] = []
  readonly #slice = new TimeSlice()
  #text = ''

  async write(value: unknown, depth: number): Promise<void> {
    if (depth === MAX_DEPTH || isSmall(value)) return this.#add(maskedJson(value))
    let separator = ''
    if (Array.isArray(value)) {
      this.#add('[')
      for (const item of value as unknown[]) {
        this.#add(separator)
        separator = ','
        await this.#piece(item, depth)
      }
      return this.#add(']')
    }
    this.#add('{')
    for (const [name, inner] of Object.entries(value as object)) {
      this.#add(`${separator}${maskedJson(name)}:`)
      separator = ','
      if (SECRET_NAME.test(name) && inner !== null) this.#add(JSON.stringify(MASK))
      else await this.#piece(inner, depth)
    }
    this.#add('}')
  }

  end(): string[] {
    if (this.#text !== '') this.#parts.push(this.#text)
    return this.#parts
  }

  /** Awaits nothing for small values, which nearly all are. */
  #piece(value: unknown, depth: number): Promise<void> | undefined {
    if (this.#slice.isOver) return this.#slice.next().then(() => this.write(value, depth + 1))
    if (!isSmall(value)) return this.write(value, depth + 1)
    this.#add(maskedJson(value))
    return undefined
  }

  #add(text: string): void {
    this.#text += text
    if (this.#text.length < PART) return
    this.#parts.push(this.#text)
    this.#text = ''
  }
}

/** Neither a list nor an object, or one with few that are neither. */
function isSmall(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true
  if (Array.isArray(value) && value.length > FEW) return false
  const inner: unknown[] = Object.values(value)
  return inner.length <= FEW && inner.every((each) => typeof each !== 'object' || each === null)
}
