import type { Random } from '../../src-simulator/random.ts'

const deep = (levels: number): unknown => JSON.parse(`${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`)

/** Values that nobody expects there. */
const VALUES: readonly (() => unknown)[] = [
  () => null,
  () => undefined,
  () => '',
  () => '   ',
  () => 0,
  () => -1,
  () => 1e308,
  () => Number.NaN,
  () => 0.5,
  () => true,
  () => [],
  () => ({}),
  () => [[[]]],
  () => ['x', null, 7],
  () => deep(200),
  () => JSON.parse('{"__proto__":{"isPolluted":true},"constructor":{"prototype":{"isPolluted":true}}}') as unknown,
  () => '__proto__',
  () => 'constructor',
  () => '..',
  () => '.',
  () => '../../rest/api/2/user',
  () => '%2e%2e%2f',
  () => 'INT-2/../../x?y#z',
  () => '\ud800',
  () => '\u0000\u001b[31m\r\n\u202e',
  () => '＝1+1',
  () => '=cmd|x',
  () => 'x'.repeat(100_000),
  () => 'é'.repeat(3000),
  () => Array.from({ length: 3000 }, (_, index) => `x${index}`),
  () => '<img src=x onerror=alert(1)>',
  () => 'javascript:alert(1)',
  () => '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----',
]

export function hostileValue(random: Random): unknown {
  return VALUES[random.whole(0, VALUES.length - 1)]?.()
}

/** A copy of `value` in which one place, at random, is another: gone, doubled, or a hostile value. `where` names it. */
export function mutate(random: Random, value: unknown): { readonly value: unknown; readonly where: string } {
  const places = placesOf(value, [])
  const path = places[random.whole(0, places.length - 1)] ?? []
  const replacement = hostileValue(random)
  if (path.length === 0) return { value: replacement, where: `the whole is ${short(replacement)}` }
  const copy = structuredClone(value)
  const last = path.at(-1) ?? ''
  const parent = path
    .slice(0, -1)
    .reduce<unknown>((inner, key) => (inner as Record<string, unknown>)[key], copy) as Record<string, unknown>
  const way = random.whole(0, 9)
  if (way === 0) {
    delete parent[last]
    return { value: copy, where: `${path.join('.')} is missing` }
  }
  if (way === 1) {
    parent[`${last}${String(hostileValue(random)).slice(0, 20)}`] = replacement
    return { value: copy, where: `beside ${path.join('.')} is ${short(replacement)}` }
  }
  Object.defineProperty(parent, last, { value: replacement, enumerable: true, configurable: true, writable: true })
  return { value: copy, where: `${path.join('.')} is ${short(replacement)}` }
}

function placesOf(value: unknown, path: readonly string[]): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path]
  return [path, ...Object.entries(value).flatMap(([key, inner]) => placesOf(inner, [...path, key]))]
}

export function short(value: unknown): string {
  const text = typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? 'undefined')
  return text.length > 80 ? `${text.slice(0, 60)}… (${text.length})` : text
}
