import { globSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'

const RENDERER = resolve(import.meta.dirname, '../../src-renderer')

/** Distances, sizes of type and colours that are written out; a hairline of one pixel is one everywhere. */
const WRITTEN_OUT =
  /^\s*(?:(?:padding|margin|gap|row-gap|column-gap)[a-z-]*:[^;]*\b(?:[2-9]|\d{2,})px|font-size:[^;]*\dpx|[a-z-]+:[^;]*(?:#[\da-f]{3,8}\b|\brgba?\())/gim

function styleOf(file: string): string {
  const text = readFileSync(join(RENDERER, file), 'utf8')
  return file.endsWith('.css') ? text : (/<style[^>]*>([\s\S]*)<\/style>/.exec(text)?.[1] ?? '')
}

it('the styles take distances, sizes of type and colours from the values that are defined once', () => {
  const files = globSync('**/*.{vue,css}', { cwd: RENDERER })
  expect(files.length).toBeGreaterThan(60)
  expect(
    files.flatMap((file) => (styleOf(file).match(WRITTEN_OUT) ?? []).map((line) => `${file}: ${line.trim()}`)),
  ).toEqual([])
})

it.each(['  padding: 0 3px;', '  margin-left: -11px;', '  font-size: 13px;', '  color: #fff;', '  fill: rgb(0 0 0);'])(
  'would notice %j',
  (line) => {
    expect(line.match(WRITTEN_OUT)).not.toBeNull()
  },
)
