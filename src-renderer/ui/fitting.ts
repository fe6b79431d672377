/**
 * Which of `names` have room beside each other, in their order. If not all do, something `more` wide is at the end, and
 * the last place belongs to the `needed` one. `widths` are those of the names, in CSS pixels.
 */
export function fitting(
  names: readonly string[],
  widths: readonly number[],
  { room, more, needed }: { readonly room: number; readonly more: number; readonly needed: string },
): string[] {
  const widthOf = (name: string): number => widths[names.indexOf(name)] ?? 0
  const sum = (some: readonly string[]): number => some.reduce((all, name) => all + widthOf(name), 0)
  if (sum(names) <= room) return [...names]
  const kept = [needed]
  for (const name of names) {
    if (name === needed) continue
    if (sum(kept) + widthOf(name) + more > room) break
    kept.push(name)
  }
  return names.filter((name) => kept.includes(name))
}
