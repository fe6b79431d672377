import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, expect, it } from 'vitest'

const ROOT = resolve(import.meta.dirname, '../..')
const folder = mkdtempSync(join(tmpdir(), 'syncdeck-typed-rules-'))
afterAll(() => rmSync(folder, { recursive: true }))

const SAVE = 'async function save(): Promise<void> { await Promise.resolve() }'
const FILES = {
  'tools/a.ts': `${SAVE}\nsave()\n`,
  'tools/b.mjs': 'async function save() { await Promise.resolve() }\nsave()\n',
  'src-renderer/ui/save.ts': `export ${SAVE}\n`,
  'src-renderer/ui/C.vue': `<template><p /></template>\n\n<script setup lang="ts">\nimport { save } from './save.ts'\n\nsave()\n</script>\n`,
  'src-renderer/ui/D.vue': `<script setup lang="ts">\nimport { save } from './save.ts'\n\nawait save()\n</script>\n`,
}
for (const settings of ['.oxlintrc.json', 'tsconfig.base.json', 'tools/tsconfig.json', 'src-renderer/tsconfig.json'])
  cpSync(join(ROOT, settings), join(folder, settings))
for (const [path, text] of Object.entries(FILES)) {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), text)
}
symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'junction')

/** The places of findings, as `path:line rule`. The form is named: the usual one has colours where CI wants them. */
function findings(script: string, ...args: string[]): string[] {
  const { stdout } = spawnSync(process.execPath, [join(ROOT, script), ...args, '--format=unix'], {
    cwd: folder,
    encoding: 'utf8',
  })
  return [...stdout.matchAll(/^(.+?):(\d+):\d+: .*\[\w+\/[a-z-]+\(([a-z-]+)\)\]$/gm)]
    .map(([, path, line, rule]) => `${path}:${line} ${rule}`)
    .sort()
}

it('a promise that nobody waits for is found in TypeScript and in JavaScript', () => {
  expect(findings('node_modules/oxlint/bin/oxlint', '--type-aware', 'tools')).toEqual([
    'tools/a.ts:2 no-floating-promises',
    'tools/b.mjs:2 no-floating-promises',
  ])
})

it('and in the script of a component, at its line', () => {
  expect(findings('tools/lint/lint-components.ts', folder)).toEqual(['src-renderer/ui/C.vue:6 no-floating-promises'])
})
