import { spawnSync } from 'node:child_process'
import { join, resolve } from 'node:path'
import { writeComponentScripts } from './component-scripts.ts'

// Runs the rules that need types over the scripts of all components. The first argument is the project’s folder, this
// one by default; what follows goes to oxlint.
const [folder, ...options] = process.argv.slice(2)
const root = resolve(folder ?? join(import.meta.dirname, '../..'))
const target = join(root, 'out/component-scripts')
const files = writeComponentScripts(join(root, 'src-renderer'), target)
const oxlint = join(import.meta.dirname, '../../node_modules/oxlint/bin/oxlint')
const { status, stdout, stderr } = spawnSync(
  process.execPath,
  [oxlint, '--type-aware', '--deny-warnings', ...options, ...files.map((file) => file.slice(root.length + 1))],
  { cwd: root, encoding: 'utf8' },
)
// Findings name the component: its lines have the same numbers.
process.stdout.write(
  stdout.replaceAll('\\', '/').replaceAll(/out\/component-scripts\/(.*?\.vue)\.ts/g, 'src-renderer/$1'),
)
process.stderr.write(stderr)
process.exitCode = status ?? 1
