import { message, type Message } from '#contract/messages/message.ts'
import type { PiecedText } from './long-body.ts'

/** What a JSON text may contain. Lengths are in characters (UTF-16 units). */
export interface JsonBounds {
  /** Levels of lists and objects inside each other. */
  readonly maxDepth: number
  /** Items in one list. */
  readonly maxItems: number
  /** Names in one object. */
  readonly maxNames: number
  /** Length of one text. */
  readonly maxText: number
  /** Values in total. */
  readonly maxValues: number
}

/** A list or an object that is too long to be parsed in one go. */
export interface LargePart {
  /** The position of its closing bracket. */
  readonly end: number
  /** The positions of the commas between its own items. */
  readonly commas: readonly number[]
}

/** A bound was exceeded; the message says which, and fits after “it has”. */
export class BoundExceeded extends Error {
  readonly what: Message

  constructor(what: Message) {
    super(what.key)
    this.what = what
  }
}

/**
 * Lists and objects longer than this are recorded as large; parsing one of this length takes about half a millisecond.
 */
const LARGE = 65_536
/** Values in one item of an isolated list; a synchronization has about 70. */
const ITEM_VALUES = 200_000
/** A skipped item longer than this makes the whole answer unreadable, so that it is not fetched in every round. */
const MAX_SKIPPED = 32 * 1_048_576
/** Characters per step. */
const STEP = 131_072

const QUOTE = 0x22
const COMMA = 0x2c
const OPEN_LIST = 0x5b
const BACKSLASH = 0x5c
const CLOSE_LIST = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d

/**
 * Walks over a JSON text once, in steps and in linear time, without building anything: counts what is in it, and
 * records where large lists and objects can be divided. It looks only at quotes, brackets and commas; parsing shows
 * whether the rest is JSON.
 */
export class JsonOutline {
  /** By the position of the opening bracket. */
  readonly large = new Map<number, LargePart>()
  /** Items of the outermost list that exceed a bound, by their index, with the bound in words. */
  readonly excessive = new Map<number, Message>()
  readonly #text: PiecedText
  readonly #bounds: JsonBounds
  readonly #isolatesItems: boolean
  readonly #starts: Int32Array
  /** 1 for each level that is a list. */
  readonly #lists: Uint8Array
  /** How many of `#commas` belong to the levels outside each level. */
  readonly #bases: Int32Array
  readonly #commas: number[] = []
  #at = 0
  #depth = 0
  #values = 1
  #textStart = -1
  /** The position of the last bracket, comma or closing quote. */
  #markedAt = 0
  /** Walking over the rest of an item that was given up. */
  #isSkipping = false
  #skippedFrom = 0
  /**
   * Values before the item of the outermost list that is being walked over; those of one that was given up do not
   * count.
   */
  #valuesBefore = 1

  /**
   * With `isolatesItems`, an item of the outermost list that exceeds a bound is recorded instead of ending everything.
   */
  constructor(text: PiecedText, bounds: JsonBounds, isolatesItems: boolean) {
    this.#text = text
    this.#bounds = bounds
    this.#isolatesItems = isolatesItems
    this.#starts = new Int32Array(bounds.maxDepth + 1)
    this.#lists = new Uint8Array(bounds.maxDepth + 1)
    this.#bases = new Int32Array(bounds.maxDepth + 1)
  }

  /** Continues for about a tenth of a millisecond; true at the end of the text. Throws `BoundExceeded`. */
  step(): boolean {
    const { piece, start } = this.#text.pieceAt(this.#at)
    const stop = Math.min(start + piece.length, this.#at + STEP)
    let at = this.#at
    while (at < stop) {
      if (this.#textStart >= 0) {
        at = start + endOfText(piece, at - start, stop - start)
        if (at - this.#textStart > this.#bounds.maxText)
          this.#exceed(message('errors.bound.text', { count: this.#bounds.maxText }))
        if (at >= stop) break
        this.#textStart = -1
        this.#markedAt = at
      } else {
        switch (piece.charCodeAt(at - start)) {
          case QUOTE:
            this.#textStart = at
            break
          case OPEN_LIST:
            this.#open(at, 1)
            break
          case OPEN_OBJECT:
            this.#open(at, 0)
            break
          case CLOSE_LIST:
          case CLOSE_OBJECT:
            this.#close(at)
            break
          case COMMA:
            this.#comma(at)
            break
        }
      }
      at += 1
    }
    this.#at = at
    const { maxText } = this.#bounds
    if (this.#isSkipping && at - this.#skippedFrom > MAX_SKIPPED)
      throw new BoundExceeded(
        [...this.excessive.values()].at(-1) ?? message('errors.bound.values', { count: ITEM_VALUES }),
      )
    if (this.#textStart < 0 && at - this.#markedAt > maxText)
      this.#exceed(message('errors.bound.noText', { count: maxText }))
    return at >= this.#text.length
  }

  /** Whether, at the end, every bracket and every text was closed. */
  get isClosed(): boolean {
    return this.#depth === 0 && this.#textStart < 0
  }

  #open(at: number, isList: 0 | 1): void {
    this.#markedAt = at
    this.#depth += 1
    if (this.#isSkipping) return
    if (this.#depth > this.#bounds.maxDepth)
      return this.#exceed(message('errors.bound.levels', { count: this.#bounds.maxDepth }))
    this.#starts[this.#depth] = at
    this.#lists[this.#depth] = isList
    this.#bases[this.#depth] = this.#commas.length
    this.#count()
  }

  #close(at: number): void {
    this.#markedAt = at
    const depth = this.#depth
    this.#depth = Math.max(0, depth - 1)
    if (this.#isSkipping && depth > 1) {
      this.#isSkipping = depth > 2
      return
    }
    const start = this.#starts[depth] ?? 0
    const base = this.#bases[depth] ?? 0
    const isDivided = at - start > LARGE || (depth === 1 && this.excessive.size > 0)
    if (depth > 0 && isDivided) this.large.set(start, { end: at, commas: this.#commas.slice(base) })
    this.#commas.length = base
  }

  #comma(at: number): void {
    this.#markedAt = at
    if (this.#isSkipping && this.#depth > 1) return
    this.#isSkipping = false
    if (!this.#count()) return
    this.#commas.push(at)
    if (this.#depth === 1) this.#valuesBefore = this.#values
    const { maxItems, maxNames } = this.#bounds
    const isList = this.#lists[this.#depth] === 1
    const size = this.#commas.length - (this.#bases[this.#depth] ?? 0) + 1
    if (size > (isList ? maxItems : maxNames)) {
      const what = isList
        ? message('errors.bound.items', { count: maxItems })
        : message('errors.bound.names', { count: maxNames })
      if (this.#depth === 1) throw new BoundExceeded(what)
      this.#exceed(what)
    }
  }

  /** False if that is one too many. */
  #count(): boolean {
    this.#values += 1
    const { maxValues } = this.#bounds
    // The number of items in an isolated list is limited, and each is skipped on its own.
    const isIsolated = this.#isIsolated
    if (isIsolated && this.#depth === 1) return true
    const most = isIsolated ? Math.min(maxValues, this.#valuesBefore + ITEM_VALUES) : maxValues
    if (this.#values <= most) return true
    this.#exceed(message('errors.bound.values', { count: most === maxValues ? maxValues : ITEM_VALUES }))
    this.#values = this.#valuesBefore
    return false
  }

  get #isIsolated(): boolean {
    return this.#isolatesItems && this.#depth >= 1 && this.#lists[1] === 1
  }

  /** Skips the item of the outermost list being walked, or gives up on everything. */
  #exceed(what: Message): void {
    if (this.#isSkipping) return
    if (!this.#isIsolated) throw new BoundExceeded(what)
    if (this.#depth > 1) this.#commas.length = this.#bases[2] ?? 0
    this.excessive.set(this.#commas.length, what)
    this.#skippedFrom = this.#markedAt
    this.#isSkipping = true
  }
}

/** The position of the closing quote, or `stop` or right behind it if the text continues there. */
function endOfText(text: string, from: number, stop: number): number {
  let at = from
  while (at < stop) {
    const character = text.charCodeAt(at)
    if (character === QUOTE) return at
    at += character === BACKSLASH ? 2 : 1
  }
  return at
}
