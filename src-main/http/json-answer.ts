import { message, type Message } from '#contract/messages/message.ts'
import { AppError } from '../errors/app-error.ts'
import { TimeSlice } from '../time-slice.ts'
import { BoundExceeded, JsonOutline, type JsonBounds, type LargePart } from './json-outline.ts'
import { LongBody, PiecedText } from './long-body.ts'
import { unexpectedBody } from './response-verdict.ts'

export interface AnswerBounds extends JsonBounds {
  /** An item of the outermost list that exceeds a bound becomes an `UnreadableItem`; the others are read. */
  readonly isolatesItems: boolean
}

/** Far more than Backbone sends, and little enough to handle. */
export const ANSWER_BOUNDS: AnswerBounds = {
  maxDepth: 64,
  maxItems: 50_000,
  maxNames: 10_000,
  maxText: 1_048_576,
  maxValues: 1_000_000,
  isolatesItems: false,
}

/** Replaces a list item that exceeds a bound. */
export class UnreadableItem {
  /** Which bound, to be put after “it has”. */
  readonly reason: Message

  constructor(reason: Message) {
    this.reason = reason
  }
}

/**
 * Turns the body of an answer into a value; secrets are struck from a long one part by part. Its size is checked before
 * anything is built from it, and both are done on the main thread in time slices, however large it is. Throws
 * `http.unexpected-body` for what is not JSON, and `http.body-too-large` for what exceeds a bound.
 */
export async function readJson(body: string | LongBody, bounds: Partial<AnswerBounds> = {}): Promise<unknown> {
  const { isolatesItems, ...limits } = { ...ANSWER_BOUNDS, ...bounds }
  const { text, head, strike } = body instanceof LongBody ? body : new LongBody(body, new PiecedText([body]))
  const outline = new JsonOutline(text, limits, isolatesItems)
  const slice = new TimeSlice()
  try {
    while (!outline.step()) if (slice.isOver) await slice.next()
    if (!outline.isClosed) throw new SyntaxError()
    return await new SlicedParsing({ text, strike }, outline, slice).parse(0, text.length)
  } catch (error) {
    if (error instanceof BoundExceeded) throw tooLarge(error.what)
    if (error instanceof SyntaxError) throw notJson(head)
    throw error
  }
}

const QUOTE = 0x22
const COLON = 0x3a
const OPEN_LIST = 0x5b
const BACKSLASH = 0x5c
const CLOSE_LIST = 0x5d
const CLOSE_OBJECT = 0x7d

/** Parses small parts with `JSON.parse`, and takes large ones apart along the outline. Rejects with a `SyntaxError`. */
class SlicedParsing {
  readonly #text: PiecedText
  readonly #strike: (json: string) => string
  readonly #outline: JsonOutline
  readonly #slice: TimeSlice

  constructor({ text, strike }: Pick<LongBody, 'text' | 'strike'>, outline: JsonOutline, slice: TimeSlice) {
    this.#text = text
    this.#strike = strike
    this.#outline = outline
    this.#slice = slice
  }

  /** The one value between two positions. */
  async parse(from: number, to: number): Promise<unknown> {
    const start = this.#skipSpace(from, to)
    const part = this.#outline.large.get(start)
    if (part === undefined) return this.#parseSmall(start, to)
    const isList = this.#text.charCodeAt(start) === OPEN_LIST
    if (
      this.#text.charCodeAt(part.end) !== (isList ? CLOSE_LIST : CLOSE_OBJECT) ||
      this.#skipSpace(part.end + 1, to) < to
    )
      throw new SyntaxError()
    return isList ? this.#list(start, part) : this.#object(start, part)
  }

  async #list(start: number, part: LargePart): Promise<unknown[]> {
    const items: unknown[] = []
    const excessive = start === this.#skipSpace(0, start) ? this.#outline.excessive : null
    for (const [from, to] of this.#pieces(start, part)) {
      const reason = excessive?.get(items.length)
      items.push(reason === undefined ? await this.#piece(from, to) : new UnreadableItem(reason))
    }
    return items
  }

  async #object(start: number, part: LargePart): Promise<unknown> {
    const entries: [string, unknown][] = []
    for (const [from, to] of this.#pieces(start, part)) {
      const colon = this.#afterName(from, to)
      const name = this.#parseSmall(from, colon)
      if (typeof name !== 'string') throw new SyntaxError()
      entries.push([name, await this.#piece(colon + 1, to)])
    }
    return Object.fromEntries(entries)
  }

  /** Awaits nothing for small values, which nearly all are. */
  #piece(from: number, to: number): unknown {
    if (this.#slice.isOver) return this.#slice.next().then(() => this.parse(from, to))
    const start = this.#skipSpace(from, to)
    return this.#outline.large.has(start) ? this.parse(start, to) : this.#parseSmall(start, to)
  }

  #parseSmall(from: number, to: number): unknown {
    return JSON.parse(this.#strike(this.#text.slice(from, to)))
  }

  *#pieces(start: number, { commas, end }: LargePart): Generator<readonly [from: number, to: number]> {
    if (this.#skipSpace(start + 1, end) === end) return
    let from = start + 1
    for (const comma of commas) {
      yield [from, comma]
      from = comma + 1
    }
    yield [from, end]
  }

  /** The position of the colon that follows a name. */
  #afterName(from: number, to: number): number {
    let at = this.#skipSpace(from, to) + 1
    for (let code = this.#text.charCodeAt(at); at < to && code !== QUOTE; code = this.#text.charCodeAt(at))
      at += code === BACKSLASH ? 2 : 1
    const colon = this.#skipSpace(at + 1, to)
    if (this.#text.charCodeAt(colon) !== COLON) throw new SyntaxError()
    return colon
  }

  #skipSpace(from: number, to: number): number {
    let at = from
    while (at < to && isSpace(this.#text.charCodeAt(at))) at += 1
    return at
  }
}

/** White space according to RFC 8259. */
function isSpace(character: number): boolean {
  return character === 0x20 || (character >= 0x09 && character <= 0x0d && character !== 0x0b && character !== 0x0c)
}

function tooLarge(what: Message): AppError {
  return new AppError('http.body-too-large', message('errors.body.notOfBackbone', { what }), {
    advice: message('errors.body.notUsedAdvice'),
  })
}

function notJson(text: string): AppError {
  const data = unexpectedBody(text)
  return new AppError(data.code, data.message, data)
}
