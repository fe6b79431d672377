/** A mutant that no test can notice, because nothing that anybody could see is different. */
export interface Equivalent {
  readonly file: string
  /** The mutated part, and what stands in its place. */
  readonly original: string
  readonly replacement: string
  readonly why: string
}

export const EQUIVALENTS: readonly Equivalent[] = []
