/** The new index of a list's cursor after a navigation key; null for any other key. */
export function movedCursor(
  key: string,
  { cursor, pageSize, count }: { readonly cursor: number; readonly pageSize: number; readonly count: number },
): number | null {
  const targets: Readonly<Record<string, number>> = {
    ArrowDown: cursor + 1,
    ArrowUp: cursor - 1,
    PageDown: cursor + pageSize,
    PageUp: cursor - pageSize,
    Home: 0,
    End: count - 1,
  }
  const target = targets[key]
  return target === undefined ? null : Math.min(Math.max(target, 0), Math.max(0, count - 1))
}
