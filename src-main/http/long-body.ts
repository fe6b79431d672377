/** A text in pieces. Joining them, or searching them in one go, would block the main thread for a tenth of a second. */
export class PiecedText {
  readonly length: number
  readonly #pieces: readonly string[]
  /** Where each piece begins. */
  readonly #starts: readonly number[]
  /** The piece read last: the next read is usually close by. */
  #index = 0

  constructor(pieces: readonly string[]) {
    const starts: number[] = []
    let length = 0
    for (const piece of pieces) {
      starts.push(length)
      length += piece.length
    }
    this.#pieces = pieces
    this.#starts = starts
    this.length = length
  }

  /** The piece that contains a position of the text, and where the piece begins. */
  pieceAt(at: number): { readonly piece: string; readonly start: number } {
    this.#find(at)
    return { piece: this.#pieces[this.#index] ?? '', start: this.#starts[this.#index] ?? 0 }
  }

  /** As for a string: `NaN` outside the text. */
  charCodeAt(at: number): number {
    this.#find(at)
    return this.#pieces[this.#index]?.charCodeAt(at - (this.#starts[this.#index] ?? 0)) ?? Number.NaN
  }

  slice(from: number, to: number): string {
    let text = ''
    for (let at = from; at < to;) {
      const { piece, start } = this.pieceAt(at)
      const part = piece.slice(at - start, to - start)
      if (part === '') break
      text += part
      at += part.length
    }
    return text
  }

  #find(at: number): void {
    while (this.#index > 0 && at < (this.#starts[this.#index] ?? 0)) this.#index -= 1
    while (this.#index < this.#pieces.length - 1 && at >= (this.#starts[this.#index + 1] ?? 0)) this.#index += 1
  }
}

/**
 * The body of an answer that is longer than one piece. Only `readJson` reads it, and strikes each part before anything
 * sees it.
 */
export class LongBody {
  /** Its beginning, for messages; struck. */
  readonly head: string
  readonly text: PiecedText
  /** Strikes whatever must not be seen from one JSON value, or one name. */
  readonly strike: (json: string) => string

  constructor(head: string, text: PiecedText, strike: (json: string) => string = (json) => json) {
    this.head = head
    this.text = text
    this.strike = strike
  }

  /** The same with more to be struck; none of it is in `head`. */
  struckToo(head: string, strike: (json: string) => string): LongBody {
    return new LongBody(head, this.text, (json) => strike(this.strike(json)))
  }
}
