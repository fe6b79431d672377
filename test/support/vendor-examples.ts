import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** One of the JSON examples of the vendor's page, as it stands there. */
export function vendorExample(name: string): unknown {
  return JSON.parse(readFileSync(join(import.meta.dirname, '../contract/vendor-examples', `${name}.json`), 'utf8'))
}

/** The names and types of a JSON value, without its values; an array is described by its first item. */
export function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? [] : [shapeOf(value[0])]
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, shapeOf(inner)]))
}
