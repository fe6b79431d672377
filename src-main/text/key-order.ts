const collator = new Intl.Collator('en', { numeric: true })

/** The order of keys, INT-9 before INT-10: the same in every language, because a key contains no words. */
export function byKey(one: string, other: string): number {
  return collator.compare(one, other)
}
