/** A mutant that no test can detect, because it changes nothing that anybody could observe. */
export interface Equivalent {
  readonly file: string
  /** The mutated part and what stands in its place, each on one line. */
  readonly original: string
  readonly replacement: string
  readonly why: string
}

const KEPT_ENTRY =
  'It forgets the newest change once that has settled; a change that waits for a settled one does not wait.'
const credentialStore = (original: string, replacement: string, why: string): Equivalent => ({
  file: 'src-main/secrets/credential-store.ts',
  original,
  replacement,
  why,
})

export const EQUIVALENTS: readonly Equivalent[] = [
  credentialStore(
    '(this.#versions.get(owner) ?? 0) + 1',
    '(this.#versions.get(owner) ?? 0) - 1',
    'Versions are compared for being the same, never for which is higher.',
  ),
  credentialStore('this.#changing.get(owner) === settled', 'false', KEPT_ENTRY),
  credentialStore('this.#changing.delete(owner)', ';', KEPT_ENTRY),
  credentialStore('{ if (this.#changing.get(owner) === settled) this.#changing.delete(owner) }', '{}', KEPT_ENTRY),
  ...['a <= b', 'a >= b'].map((replacement) => ({
    file: 'src-main/conflicts/identity.ts',
    original: 'a < b',
    replacement,
    why: 'Any order of names will do as long as it is always the same, and no two names of an object are alike.',
  })),
  {
    file: 'src-main/conflicts/identity.ts',
    original: 'Array.isArray(value)',
    replacement: 'false',
    why: 'A list is then taken for an object whose names are its places, in an order that is always the same.',
  },
  {
    file: 'src-main/conflicts/conflict-service.ts',
    original: 'readAt !== null',
    replacement: 'true',
    why: 'The later of a time and null is the time.',
  },
  ...['/\\[|\\]$/g', '/^\\[|\\]/g'].map((replacement) => ({
    file: 'src-main/http/peer-certificate.ts',
    original: '/^\\[|\\]$/g',
    replacement,
    why: 'The host of an address has brackets around an IPv6 address, and nowhere else.',
  })),
  {
    file: 'src-main/http/auth-gate.ts',
    original: 'this.#generation += 1',
    replacement: 'this.#generation -= 1',
    why: 'Generations are compared for being the same, never for which is higher.',
  },
  {
    file: 'src-main/http/attempt-note.ts',
    original: 'this.#cancel()',
    replacement: ';',
    why: 'In `replace`: what was planned finds no note by then. The other calls of the file are noticed.',
  },
  {
    file: 'src-main/audit/audit-log.ts',
    original: 'taskId === undefined',
    replacement: 'false',
    why: 'No attempt without a task is followed, so that there is nothing to forget.',
  },
  {
    file: 'src-main/audit/task-end.ts',
    original: "task.operation === 'restart'",
    replacement: 'true',
    why: 'Of all tasks, only that of a restart has a stop behind it when it starts.',
  },
]
