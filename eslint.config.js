import vueI18n from '@intlify/eslint-plugin-vue-i18n'
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

/**
 * The rooms of the renderer: which others each may know, and its door, the files by which those that may know it do so.
 * `ui`, `text` and `backend` have no door: they are there to be used. Who needs more than a door offers moves it there,
 * or to a room below.
 */
export const rooms = {
  text: { knows: [] },
  backend: { knows: ['text'] },
  ui: { knows: ['backend', 'text'] },
  settings: { knows: ['ui', 'backend', 'text'], door: ['settings.ts', 'SettingsView.vue'] },
  servers: {
    knows: ['ui', 'backend', 'text'],
    door: [
      'servers.ts',
      'filter-servers.ts',
      'server-dialogs.ts',
      'unavailability.ts',
      'use-unavailability.ts',
      'rate-limit.ts',
      'troubles.ts',
      'UnavailableMark.vue',
      'TroubleLine.vue',
      'TroubleList.vue',
      'ServerDialog.vue',
      'ImportServersDialog.vue',
      'TestServersDialog.vue',
      'DiagnoseDialog.vue',
      'RemoveServerDialog.vue',
      'CopyGuardDialog.vue',
    ],
  },
  synchronizations: {
    knows: ['ui', 'backend', 'text'],
    door: ['synchronizations.ts', 'open-panels.ts', 'pointless.ts', 'remedy.ts', 'row-words.ts', 'deep-link.ts'],
  },
  history: {
    knows: ['ui', 'backend', 'text'],
    door: ['audit-version.ts', 'use-strips.ts', 'StateTimeline.vue', 'ServerHistoryDialog.vue'],
  },
  notifications: {
    knows: ['servers', 'ui', 'backend', 'text'],
    door: ['notifications.ts', 'snoozing.ts', 'NotificationBell.vue', 'SnoozeDialog.vue', 'SnoozeNote.vue'],
  },
  notes: {
    knows: ['synchronizations', 'servers', 'ui', 'backend', 'text'],
    door: [
      'use-known-tags.ts',
      'noted-marks.ts',
      'NoteSection.vue',
      'NoteDialog.vue',
      'RenameTagDialog.vue',
      'TagsDialog.vue',
    ],
  },
  conflicts: {
    knows: ['synchronizations', 'servers', 'ui', 'backend', 'text'],
    door: ['conflicts.ts', 'ConflictsView.vue'],
  },
  tasks: {
    knows: ['synchronizations', 'servers', 'ui', 'backend', 'text'],
    door: ['tasks.ts', 'TaskDrawer.vue', 'TaskStatus.vue', 'ConfirmOperation.vue'],
  },
  jobs: {
    knows: ['synchronizations', 'servers', 'ui', 'backend', 'text'],
    door: ['jobs.ts', 'job-plans.ts', 'JobsView.vue', 'JobDialogs.vue', 'JobNotice.vue', 'JobStatus.vue'],
  },
  panel: {
    knows: [
      'conflicts',
      'tasks',
      'jobs',
      'notifications',
      'notes',
      'history',
      'synchronizations',
      'servers',
      'ui',
      'backend',
      'text',
    ],
    door: ['creating.ts', 'template.ts', 'drafts.ts', 'PanelArea.vue', 'CreateDialog.vue'],
  },
  table: {
    knows: [
      'panel',
      'tasks',
      'jobs',
      'notes',
      'history',
      'synchronizations',
      'servers',
      'settings',
      'ui',
      'backend',
      'text',
    ],
    door: [
      'table-view.ts',
      'show-watched.ts',
      'find-by-tokens.ts',
      'SynchronizationsView.vue',
      'SaveView.vue',
      'SavedViews.vue',
    ],
  },
  overview: {
    knows: [
      'table',
      'conflicts',
      'tasks',
      'jobs',
      'notes',
      'history',
      'synchronizations',
      'servers',
      'ui',
      'backend',
      'text',
    ],
    door: ['OverviewView.vue'],
  },
  activity: {
    knows: ['panel', 'history', 'synchronizations', 'servers', 'ui', 'backend', 'text'],
    door: ['ActivityView.vue'],
  },
  palette: {
    knows: ['table', 'synchronizations', 'servers', 'settings', 'ui', 'backend', 'text'],
    door: ['CommandPalette.vue', 'ShortcutsDialog.vue', 'use-shortcuts.ts'],
  },
}
rooms.app = { knows: Object.keys(rooms) }
// A page for development, which `main.ts` shows alone.
rooms.kit = { knows: ['ui', 'backend', 'text'], door: ['KitPage.vue'] }

const SAY_BY_T = 'Words are in src-contract/messages; say them by t().'
/**
 * Words written in a script: a label begins with a capital and is no key of the keyboard; a sentence has two words in a
 * row.
 */
const KEYS = 'Enter|Escape|Home|End|Tab|Space|Delete|Backspace|Mod|Shift|Arrow.*|Page.*'
const writtenWords = [
  `Literal[value=/^(?!(?:(?:${KEYS})(?: |$))+$)[A-Z][a-z]+([ ….,:]|$)/]`,
  'TemplateElement[value.raw=/[a-z]{2,} [a-z]{2,}/]',
].map((selector) => ({ selector, message: SAY_BY_T }))
/** Words given in a template: two in a row, except where classes and coordinates stand in a row. */
const givenWords = {
  selector:
    'VAttribute[directive=false]:not([key.name=/^(?:class|style|d|points|viewBox|transform)$/]) > VLiteral[value=/[A-Za-z]{2,} [a-z]{2,}/]',
  message: SAY_BY_T,
}

/**
 * The same where there is no page. Here a lower-case text of a few words is a code or names a line of the log; a
 * sentence begins with a capital, or is long. Faults for programmers and the log are in English for whoever reads them.
 */
const FOR_PROGRAMMERS = [
  // An `AppError` is for users.
  'NewExpression[callee.name=/^(?!App).*Error$/] *',
  "CallExpression[callee.type='Super'] *",
  "CallExpression[callee.property.name='write'][callee.object.name='logger'] *",
  "CallExpression[callee.property.name='write'][callee.object.property.name='logger'] *",
  "CallExpression[callee.name='logFault'] *",
]
const rawText = [
  'Literal[value=/^[“"…]?\\s?[A-Z][a-z’]+,? [A-Za-z“\\d]/]',
  'Literal[value=/^[A-Z][a-z]+([.?!:…]$| [a-z])/]',
  'Literal[value=/[a-z’]{2,},? [a-z’]+,? [a-z’]+ [a-z’]{2,}/]',
  'TemplateElement[value.raw=/[a-z’]{2,} [a-z’]{2,}/]',
  // A label: the value of what is shown.
  'Property[key.name=/^(?:label|title|message|detail|text|yes|advice|name)$/] > Literal[value=/^[A-Z][a-z]/]',
].map((selector) => ({
  selector: `${selector}${FOR_PROGRAMMERS.map((place) => `:not(${place})`).join('')}`,
  message: 'What a user reads is a message of src-contract/messages; the words of a dialog are said by t().',
}))

/** What a room must not import: rooms that it may not know, and what lies behind the doors of the others. */
function walls(room) {
  const escaped = (file) => file.replaceAll('.', '\\.')
  const unknown = Object.keys(rooms).filter((other) => other !== room && !rooms[room].knows.includes(other))
  const closed =
    unknown.length === 0
      ? []
      : [
          {
            regex: `^\\.\\./(?:${unknown.join('|')})/`,
            message: `The room ${room} does not know that one (see the table of rooms).`,
          },
        ]
  const doors = rooms[room].knows
    .filter((other) => rooms[other].door !== undefined)
    .map((other) => ({
      regex: `^\\.\\./${other}/(?!(?:${rooms[other].door.map(escaped).join('|')})$)`,
      message: `This is an inside of ${other}; its door is ${rooms[other].door.join(', ')}.`,
    }))
  return [...closed, ...doors]
}

const imports = (patterns, paths = []) => ['error', { patterns, paths }]

/** Electron objects with a single owner, found by how they are used. */
const ownedUses = [
  {
    selector: "CallExpression[callee.object.name='ipcMain']",
    message: 'Handlers are registered in src-main/ipc/ only.',
  },
  {
    selector: "MemberExpression[property.name='send'][object.property.name='webContents']",
    message: 'Events are sent from src-main/ipc/ only.',
  },
  {
    selector: "Property[key.name='rejectUnauthorized']",
    message: 'Certificates are looked at unverified in src-main/http/peer-certificate.ts only.',
  },
  {
    selector: "MemberExpression[property.name='openExternal'][object.name='shell']",
    message: 'Addresses are opened by src-main/security/ only.',
  },
]

export default defineConfig(
  { ignores: ['out/**', 'dist/**', 'node_modules/**', 'electron.vite.config.ts.*'] },
  {
    files: ['**/*.ts', '**/*.vue', '**/*.mjs', '**/*.js'],
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
      'no-eval': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'max-lines': ['error', { max: 360, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    // Cases stand below each other.
    files: ['test/**/*.ts'],
    rules: { 'max-lines': ['error', { max: 500, skipBlankLines: true, skipComments: true }] },
  },
  {
    files: ['**/*.vue'],
    extends: [vue.configs['flat/recommended']],
    languageOptions: { parser: vueParser, parserOptions: { parser: tseslint.parser } },
    rules: {
      // A formatted template has a line per attribute.
      'max-lines': ['error', { max: 450, skipBlankLines: true, skipComments: true }],
      'vue/no-v-html': 'error',
      // Neither the types nor a mounted component show it: the browser draws an element that it does not know.
      'vue/no-undef-components': 'error',
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
    rules: {
      'no-restricted-syntax': ['error', ...rawText],
      'no-restricted-imports': imports([electron, node, vueLibraries, main, preload, renderer, simulator], owned),
    },
  },
  {
    files: ['src-preload/**'],
    rules: { 'no-restricted-imports': imports([node, vueLibraries, main, renderer, simulator], owned) },
  },
  {
    files: ['src-renderer/**'],
    rules: { 'no-restricted-imports': imports([electron, node, main, preload, simulator], owned) },
  },
  ...Object.keys(rooms).map((room) => ({
    files: [`src-renderer/${room}/**`],
    rules: { 'no-restricted-imports': imports([electron, node, main, preload, simulator, ...walls(room)], owned) },
  })),
  {
    files: ['src-renderer/**'],
    plugins: { '@intlify/vue-i18n': vueI18n },
    rules: {
      '@intlify/vue-i18n/no-raw-text': [
        'error',
        {
          // Signs, not words: those that stand in place of an icon, and punctuation between two values.
          ignorePattern: '^[^\\p{L}]*$',
          attributes: { '/.+/': ['title', 'label', 'aria-label', 'placeholder', 'description', 'alt'] },
        },
      ],
      'no-restricted-syntax': ['error', ...writtenWords],
    },
  },
  {
    // The same in templates: what is bound, and what a component is given.
    files: ['src-renderer/**/*.vue'],
    rules: { 'vue/no-restricted-syntax': ['error', ...writtenWords, givenWords] },
  },
  {
    files: ['src-main/**'],
    rules: {
      'no-restricted-imports': imports([electron, vueLibraries, preload, renderer, simulator], ownedImports()),
      'no-restricted-syntax': ['error', ...ownedUses, ...rawText],
    },
  },
  {
    files: ['src-main/http/**'],
    rules: {
      'no-restricted-imports': imports([electron, vueLibraries, preload, renderer, simulator], ownedImports(['got'])),
    },
  },
  {
    files: ['src-main/secrets/keytar-keychain.ts'],
    rules: {
      'no-restricted-imports': imports(
        [electron, vueLibraries, preload, renderer, simulator],
        ownedImports(['keytar']),
      ),
    },
  },
  {
    files: ['src-main/storage/**'],
    rules: {
      'no-restricted-imports': imports(
        [electron, vueLibraries, preload, renderer, simulator],
        ownedImports(['node:sqlite']),
      ),
    },
  },
  {
    // The few that meet Electron itself.
    files: [
      'src-main/index.ts',
      'src-main/app/{run,window,menu,context-menu,page-recovery,quitting,file-dialogs,tray,system-notifications,self-check-points}.ts',
      'src-main/ipc/wire-ipc.ts',
      'src-main/security/{harden,open-external}.ts',
    ],
    rules: { 'no-restricted-imports': imports([vueLibraries, preload, renderer, simulator], ownedImports()) },
  },
  {
    files: ['src-main/ipc/wire-ipc.ts', 'src-main/security/open-external.ts', 'src-main/http/peer-certificate.ts'],
    rules: { 'no-restricted-syntax': ['error', ...rawText] },
  },
  {
    files: [
      // Migrations and triggers: words that an earlier version stored are looked for as they are, and SQLite says the
      // others.
      'src-main/storage/{cache-schema,state-schema}.ts',
      // The names that earlier versions gave to actions: they stand in rows that cannot be changed.
      'src-main/storage/audit-table.ts',
      // The log itself.
      'src-main/logging/**',
    ],
    rules: { 'no-restricted-syntax': ['error', ...ownedUses] },
  },
  {
    files: ['src-simulator/**'],
    rules: { 'no-restricted-imports': imports([electron, vueLibraries, main, preload, renderer], owned) },
  },
  { files: ['src-simulator/command-line.ts', 'tools/**'], rules: { 'no-console': 'off' } },
)
