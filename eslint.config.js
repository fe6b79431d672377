import vueParser from 'vue-eslint-parser'
import vue from 'eslint-plugin-vue'
import { defineConfig } from 'eslint/config'
import tseslint from 'typescript-eslint'

/** What a folder must not import, with the reason given to whoever tries. */
const never = (patterns, message) => ({ group: patterns, message })
const main = never(['**/src-main/**'], 'The main process is reached by IPC only.')
const preload = never(['**/src-preload/**'], 'The preload is not a library.')
const renderer = never(['**/src-renderer/**'], 'The renderer is not a library.')
const simulator = never(['**/src-simulator/**'], 'The simulator is loaded by one dynamic import, in demo mode.')
const electron = never(['electron', 'electron/*'], 'Electron is not available here; take what you need as an argument.')
const node = never(['node:*'], 'Node is not available here.')
const vueLibraries = never(['vue', 'pinia', 'naive-ui'], 'The main process shows nothing.')

/** Modules with a single owner. */
const owned = [
  { name: 'got', message: 'All requests go through src-main/http/transport.ts.' },
  { name: 'keytar', message: 'The keychain is reached through src-main/secrets/keytar-keychain.ts.' },
  { name: 'node:sqlite', message: 'Databases are opened and asked in src-main/storage/ only.' },
]
const ownedImports = (except = []) => owned.filter(({ name }) => !except.includes(name))

const imports = (patterns, paths = []) => ['error', { patterns, paths }]

/** Electron objects with a single owner, found by how they are used. */
const ownedUses = [
  { selector: "CallExpression[callee.object.name='ipcMain']", message: 'Handlers are registered in src-main/ipc/ only.' },
  { selector: "MemberExpression[property.name='send'][object.property.name='webContents']", message: 'Events are sent from src-main/ipc/ only.' },
  { selector: "MemberExpression[property.name='openExternal'][object.name='shell']", message: 'Addresses are opened by src-main/security/ only.' },
]

export default defineConfig(
  { ignores: ['out/**', 'dist/**', 'node_modules/**'] },
  {
    files: ['**/*.ts', '**/*.vue'],
    extends: [tseslint.configs.strict, tseslint.configs.stylistic],
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-definitions': 'off',
      // A recursive type such as JSON’s cannot be written as a record.
      '@typescript-eslint/consistent-indexed-object-style': 'off',
      '@typescript-eslint/no-extraneous-class': 'off',
      '@typescript-eslint/no-dynamic-delete': 'off',
      'no-console': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ['**/*.vue'],
    extends: [vue.configs['flat/recommended']],
    languageOptions: { parser: vueParser, parserOptions: { parser: tseslint.parser } },
    rules: {
      'vue/no-v-html': 'error',
      'vue/block-order': ['error', { order: ['script', 'template', 'style'] }],
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/multiline-html-element-content-newline': 'off',
      'vue/html-self-closing': ['error', { html: { void: 'always', normal: 'always', component: 'always' } }],
      'vue/html-indent': 'off',
      'vue/html-closing-bracket-newline': 'off',
      'vue/first-attribute-linebreak': 'off',
    },
  },
  {
    files: ['src-contract/**'],
    rules: { 'no-restricted-imports': imports([electron, node, vueLibraries, main, preload, renderer, simulator], owned) },
  },
  {
    files: ['src-preload/**'],
    rules: { 'no-restricted-imports': imports([node, vueLibraries, main, renderer, simulator], owned) },
  },
  {
    files: ['src-renderer/**'],
    rules: { 'no-restricted-imports': imports([electron, node, main, preload, simulator], owned) },
  },
  {
    files: ['src-main/**'],
    rules: {
      'no-restricted-imports': imports([electron, vueLibraries, preload, renderer, simulator], ownedImports()),
      'no-restricted-syntax': ['error', ...ownedUses],
    },
  },
  {
    files: ['src-main/http/**'],
    rules: { 'no-restricted-imports': imports([electron, vueLibraries, preload, renderer, simulator], ownedImports(['got'])) },
  },
  {
    files: ['src-main/secrets/keytar-keychain.ts'],
    rules: { 'no-restricted-imports': imports([electron, vueLibraries, preload, renderer, simulator], ownedImports(['keytar'])) },
  },
  {
    files: ['src-main/storage/**'],
    rules: { 'no-restricted-imports': imports([electron, vueLibraries, preload, renderer, simulator], ownedImports(['node:sqlite'])) },
  },
  {
    // The few that meet Electron itself.
    files: ['src-main/index.ts', 'src-main/app/{run,window,menu,file-dialogs,tray,system-notifications}.ts', 'src-main/ipc/wire-ipc.ts', 'src-main/security/{harden,open-external}.ts'],
    rules: { 'no-restricted-imports': imports([vueLibraries, preload, renderer, simulator], ownedImports()) },
  },
  { files: ['src-main/ipc/wire-ipc.ts', 'src-main/security/open-external.ts'], rules: { 'no-restricted-syntax': 'off' } },
  {
    files: ['src-simulator/**'],
    rules: { 'no-restricted-imports': imports([electron, vueLibraries, main, preload, renderer], owned) },
  },
  { files: ['src-simulator/command-line.ts', 'tools/**'], rules: { 'no-console': 'off' } },
  {
    files: ['**/*.mjs', '**/*.js'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', setInterval: 'readonly', clearInterval: 'readonly', URL: 'readonly' } },
  },
)
