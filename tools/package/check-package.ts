import { existsSync, readdirSync, statSync } from 'node:fs'
import { join, sep } from 'node:path'
import { extractFile, listPackage } from '@electron/asar'

/**
 * Looks into a packaged application: `check-package.ts <folder of electron-builder>`. Prints what is in the archive; ends with 1
 * where something is missing, or there that must not be.
 */
const MAX_ARCHIVE_MB = 20
const FORBIDDEN = [/\.map$/, /\.spec\./, /\.ts$/, /^(test|tools|src-|docs|dist)/, /(^|\/)\.(git|ci|env)/, /node_modules\/(electron|vite|vue|naive-ui|playwright-core|typescript|vitest|eslint)(\/|$)/]
const REQUIRED = ['package.json', 'LICENSE', 'out/main/index.js', 'out/preload/index.cjs', 'out/renderer/index.html']

const [folder = ''] = process.argv.slice(2)
const unpacked = readdirSync(folder).find((name) => name.includes('unpacked') || name.endsWith('.app')) ?? ''
const resources = join(folder, unpacked, 'resources')
const archive = join(resources, 'app.asar')
const problems: string[] = []
const expectThat = (isGood: boolean, words: string): void => {
  if (!isGood) problems.push(words)
}

const files = listPackage(archive, { isPack: false }).map((path) => path.slice(1).split(sep).join('/'))
for (const path of REQUIRED) expectThat(files.includes(path), `${path} is missing`)
for (const path of files) expectThat(!FORBIDDEN.some((pattern) => pattern.test(path)), `${path} does not belong there`)

const manifest = JSON.parse(extractFile(archive, 'package.json').toString()) as { main?: string; version?: string; dependencies?: Record<string, string> }
expectThat(files.includes(manifest.main ?? ''), `the entry ${manifest.main} is missing`)

const packages = files.flatMap((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\/package\.json$/.exec(path)?.[1] ?? [])
for (const name of Object.keys(manifest.dependencies ?? {})) expectThat(packages.includes(name), `the dependency ${name} is missing`)
const licences = new Map(packages.map((name) => [name, (JSON.parse(extractFile(archive, `node_modules/${name}/package.json`).toString()) as { license?: string }).license ?? 'none told']))
for (const [name, licence] of licences) expectThat(isPermissive(licence), `${name} has the licence ${licence}`)

/** A licence, or a choice of which one is permissive (SPDX expressions). */
function isPermissive(licence: string): boolean {
  const choices = licence.replace(/^\(|\)$/g, '').split(' OR ')
  return choices.some((choice) => /^(MIT|ISC|BSD-\d-Clause|Apache-2\.0|0BSD|BlueOak-1\.0\.0)$/.test(choice))
}

const natives = files.filter((path) => path.endsWith('.node'))
expectThat(natives.length > 0, 'keytar’s native module is missing')
for (const path of natives) expectThat(existsSync(join(`${archive}.unpacked`, path)), `${path} cannot be loaded from inside the archive`)

const megabytes = statSync(archive).size / 2 ** 20
expectThat(megabytes < MAX_ARCHIVE_MB, `the archive has ${megabytes.toFixed(1)} MB`)

console.log(`app.asar ${megabytes.toFixed(1)} MB, ${files.length} files, version ${manifest.version}`)
console.log(`packages: ${[...licences].map(([name, licence]) => `${name} (${licence})`).join(', ')}`)
console.log(`native modules outside of it: ${natives.join(', ')}`)
for (const words of problems) console.log(`✗ ${words}`)
console.log(problems.length === 0 ? 'The package is as it should be.' : `${problems.length} problems`)
process.exitCode = problems.length === 0 ? 0 : 1
