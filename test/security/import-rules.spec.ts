import { ESLint } from 'eslint'
import { resolve } from 'node:path'
import { expect, it } from 'vitest'

const ROOT = resolve(import.meta.dirname, '../..')
const eslint = new ESLint({ cwd: ROOT })

async function rulesBroken(file: string, code: string): Promise<string[]> {
  const [result] = await eslint.lintText(code, { filePath: resolve(ROOT, file) })
  return (result?.messages ?? []).map(({ ruleId }) => ruleId ?? '')
}

it.each([
  ['the contract must not know Electron', 'src-contract/x.ts', "import { app } from 'electron'; app.quit()"],
  ['the contract must not know Node', 'src-contract/x.ts', "import { join } from 'node:path'; join('a')"],
  [
    'the preload must not reach into the main process',
    'src-preload/x.ts',
    "import { run } from '../src-main/app/run.ts'; void run('')",
  ],
  ['the renderer must not know Node', 'src-renderer/x.ts', "import { join } from 'node:path'; join('a')"],
  ['the renderer must not know Electron', 'src-renderer/x.ts', "import { app } from 'electron'; app.quit()"],
  [
    'the renderer must not reach into the main process',
    'src-renderer/x.ts',
    "import { MASK } from '../src-main/logging/redact.ts'; void MASK",
  ],
  [
    'a feature does not know one above it',
    'src-renderer/servers/x.ts',
    "import { useTasks } from '../tasks/tasks.ts'; useTasks()",
  ],
  [
    'a feature keeps its insides',
    'src-renderer/table/x.ts',
    "import RequestView from '../panel/RequestView.vue'; void RequestView",
  ],
  [
    'what all features use knows none of them',
    'src-renderer/ui/x.ts',
    "import { useServers } from '../servers/servers.ts'; useServers()",
  ],
  [
    'services take what they need instead of Electron',
    'src-main/tasks/x.ts',
    "import { app } from 'electron'; app.quit()",
  ],
  ['the main process shows nothing', 'src-main/tasks/x.ts', "import { ref } from 'vue'; ref(1)"],
  [
    'the simulator is not built into the main process',
    'src-main/tasks/x.ts',
    "import { startDemo } from '../../src-simulator/index.ts'; void startDemo",
  ],
  [
    'the simulator must not share the client’s reading',
    'src-simulator/x.ts',
    "import { asText } from '../src-main/wire-values.ts'; asText(1)",
  ],
  ['got has one owner', 'src-main/tasks/x.ts', "import got from 'got'; void got"],
  ['keytar has one owner', 'src-main/secrets/x.ts', "import keytar from 'keytar'; void keytar"],
  [
    'SQLite has one owner',
    'src-main/tasks/x.ts',
    "import { DatabaseSync } from 'node:sqlite'; void new DatabaseSync('')",
  ],
])('%s', async (_name, file, code) => {
  expect(await rulesBroken(file, code)).toContain('no-restricted-imports')
})

it('features meet at their doors', async () => {
  expect(
    await rulesBroken('src-renderer/table/x.ts', "import { useCreating } from '../panel/creating.ts'; useCreating()"),
  ).toEqual([])
})

it.each([
  ['ipcMain', 'src-main/tasks/x.ts', "ipcMain.handle('a:b', () => 1)"],
  ['webContents.send', 'src-main/tasks/x.ts', "window.webContents.send('a', 1)"],
  [
    'turning the verification of certificates off',
    'src-main/http/x.ts',
    "import { connect } from 'node:tls'; connect({ rejectUnauthorized: false })",
  ],
  ['shell.openExternal', 'src-main/app/handlers-x.ts', "void shell.openExternal('https://x')"],
])('%s has one owner', async (_name, file, code) => {
  expect(await rulesBroken(file, code)).toContain('no-restricted-syntax')
})

it.each([
  ['a sentence', 'src-main/tasks/x.ts', "export const told = 'The server did not answer'"],
  [
    'a sentence that is put together',
    'src-main/tasks/x.ts',
    'export const told = (n: number) => `… and ${n} more of them`',
  ],
  ['a sentence that begins small', 'src-main/tasks/x.ts', "export const why = 'its key holds characters'"],
  ['a word with its full stop', 'src-main/tasks/x.ts', "export const told = 'Sent.'"],
  ['what is told of a failure', 'src-main/tasks/x.ts', "throw new AppError('internal', foreign('It is gone now'))"],
  ['what is sent', 'src-main/tasks/x.ts', "client.write('It is gone now')"],
  ['a label', 'src-main/app/x.ts', "export const entry = { label: 'Quit' }"],
  ['what a schema says', 'src-contract/x.ts', "import * as v from 'valibot'; v.minLength(1, 'Enter a name')"],
  ['a sentence beside Electron', 'src-main/security/open-external.ts', "export const told = 'The address was refused'"],
])('%s for a user is a message', async (_name, file, code) => {
  expect(await rulesBroken(file, code)).toContain('no-restricted-syntax')
})

it.each([
  ['a fault for programmers', "throw new Error('There is nothing to send')"],
  ['a fault of a class', "export class OddError extends Error { constructor() { super('It is odd') } }"],
  ['a line of the log', "logger.write('warn', 'request of an unknown sender refused', { why: 'Not known here' })"],
  [
    'a line of a service’s log',
    "export class X { #logger; f() { this.#logger.write('warn', 'It is not known here') } }",
  ],
  ['a fault in the log', "logFault(logger, 'Outcome of it not noted', fault)"],
  ['a key', "export const told = message('errors.aborted')"],
  ['a code', "export const found = 'without tables'"],
  ['a header', "export const name = 'Authorization'"],
])('%s may be raw', async (_name, code) => {
  expect(await rulesBroken('src-main/tasks/x.ts', code)).toEqual([])
})

it('words that earlier versions stored may stand where they are looked for', async () => {
  const code = "export const EARLIER = { 'Create a synchronization': 'create' }"
  expect(await rulesBroken('src-main/storage/audit-table.ts', code)).toEqual([])
  expect(await rulesBroken('src-main/storage/task-table.ts', code)).toContain('no-restricted-syntax')
})

it.each(['tools/x.mjs', 'tools/x.ts', 'src-renderer/X.vue'])('a loose comparison is refused in %s', async (file) => {
  const script = 'export const isSame = (a, b) => a == b'
  const code = file.endsWith('.vue') ? `<script>\n${script}\n</script>` : script
  expect(await rulesBroken(file, code)).toContain('eqeqeq')
})

it.each([
  ['a text', '<p>Not saved</p>'],
  ['an attribute', '<p title="Not saved" />'],
  ['a bound attribute', `<p :title="'Not saved'" />`],
  ['one of two texts', `<p :title="ok ? text : 'Not saved yet'" />`],
  ['a text that is put together', '<p :aria-label="`${n} servers shown`" />'],
  ['a property of a component', '<RowMenu confirm="Really delete it" />'],
])('%s in a template is a message', async (_name, template) => {
  const rules = await rulesBroken('src-renderer/ui/AnyView.vue', `<template>${template}</template>`)
  expect(rules.filter((rule) => rule.endsWith('no-raw-text') || rule === 'vue/no-restricted-syntax')).not.toEqual([])
})

it('names, classes and messages may stand in a template', async () => {
  const code = `<template><p class="muted time" :class="isGood ? 'good' : 'bad'" data-test="save-all">{{ t('ui.saved') }}</p></template>`
  expect(await rulesBroken('src-renderer/ui/AnyView.vue', code)).toEqual([])
})

it('v-html is refused', async () => {
  expect(await rulesBroken('src-renderer/X.vue', '<template><p v-html="x" /></template>')).toContain('vue/no-v-html')
})
