import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { extractFile } from '@electron/asar'
import { FUSES, fusesOf } from './fuses.ts'
import { filesIn, integrityIn, integrityOf, listOf, packagedIn, sha256 } from './packaged.ts'

/**
 * Checks the packages of each platform: `check-package.ts <folder> [file for the list]`. Prints the content of the
 * archive; exits with 1 if something is missing or does not belong there.
 */
const MAX_ARCHIVE_MB = 20
const FORBIDDEN = [
  /\.map$/,
  /\.spec\./,
  /\.ts$/,
  /^(test|tools|src-|docs|dist)/,
  /(^|\/)\.(git|ci|env)/,
  /node_modules\/(electron|vite|vue|naive-ui|playwright-core|typescript|vitest|eslint)(\/|$)/,
]
const REQUIRED = [
  'package.json',
  'LICENSE',
  'out/main/index.js',
  'out/preload/index.cjs',
  'out/renderer/index.html',
  'resources/tray.png',
  'resources/tray@2x.png',
  'resources/trayTemplate.png',
  'resources/trayTemplate@2x.png',
]

const TARGETS = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64', 'win32-x64', 'win32-arm64']

const [folder = '', listFile] = process.argv.slice(2)
const all = packagedIn(folder)
const [first] = all
if (first === undefined) throw new Error(`nothing was packaged in ${folder}`)
const { archive, resources } = first
const problems: string[] = []
const expectThat = (isGood: boolean, words: string): void => {
  if (!isGood) problems.push(words)
}

const files = filesIn(archive)
for (const path of REQUIRED) expectThat(files.includes(path), `${path} is missing`)
for (const path of files) expectThat(!FORBIDDEN.some((pattern) => pattern.test(path)), `${path} does not belong there`)

const manifest = JSON.parse(extractFile(archive, 'package.json').toString()) as {
  main?: string
  version?: string
  dependencies?: Record<string, string>
}
expectThat(files.includes(manifest.main ?? ''), `the entry ${manifest.main} is missing`)

const packages = files.flatMap((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\/package\.json$/.exec(path)?.[1] ?? [])
for (const name of Object.keys(manifest.dependencies ?? {}))
  expectThat(packages.includes(name), `the dependency ${name} is missing`)
const licences = new Map(
  packages.map((name) => [
    name,
    (JSON.parse(extractFile(archive, `node_modules/${name}/package.json`).toString()) as { license?: string })
      .license ?? 'none told',
  ]),
)
for (const [name, licence] of licences) expectThat(isPermissive(licence), `${name} has the licence ${licence}`)

/** A licence, or a choice of which one is permissive (SPDX expressions). */
function isPermissive(licence: string): boolean {
  const choices = licence.replace(/^\(|\)$/g, '').split(' OR ')
  return choices.some((choice) => /^(MIT|ISC|BSD-\d-Clause|Apache-2\.0|0BSD|BlueOak-1\.0\.0)$/.test(choice))
}

const natives = files.filter((path) => path.endsWith('.node'))
expectThat(natives.length > 0, 'keytar’s native module is missing')
for (const target of TARGETS)
  expectThat(
    natives.some((path) => path.includes(`/${target}/`)),
    `the native module for ${target} is missing`,
  )
for (const path of natives)
  expectThat(existsSync(join(`${archive}.unpacked`, path)), `${path} cannot be loaded from inside the archive`)

/** The bill of materials, as it lies beside the archive. */
const bom = JSON.parse(readFileSync(join(resources, 'sbom.cdx.json'), 'utf8')) as {
  bomFormat: string
  components: { name: string; version: string; licenses?: { license?: { id?: string }; expression?: string }[] }[]
}
const listed = new Map(
  bom.components.map(({ name, version, licenses = [] }) => [
    `${name}@${version}`,
    licenses.map(({ license, expression }) => license?.id ?? expression ?? '').join(' AND '),
  ]),
)
for (const name of packages) {
  const { version } = JSON.parse(extractFile(archive, `node_modules/${name}/package.json`).toString()) as {
    version: string
  }
  expectThat(listed.has(`${name}@${version}`), `${name}@${version} is not in the bill of materials`)
}
for (const name of ['@vue/runtime-dom', 'pinia', 'naive-ui', 'electron'])
  expectThat(
    [...listed.keys()].some((entry) => entry.startsWith(`${name}@`)),
    `${name} is not in the bill of materials`,
  )
for (const [name, licence] of listed)
  expectThat(isPermissive(licence), `${name} has the licence ${licence || 'none told'}`)

/** Known vulnerabilities in what ships, by npm's advisories; if they cannot be fetched, that is only reported. */
function audit(): string {
  const { stdout } = spawnSync(
    'npm',
    ['audit', '--json', '--package-lock-only', '--fetch-retries=0', '--fetch-timeout=15000'],
    { encoding: 'utf8', shell: process.platform === 'win32', maxBuffer: 64 * 2 ** 20 },
  )
  const report = JSON.parse(stdout || '{}') as {
    vulnerabilities?: Record<string, { severity: string }>
    message?: string
  }
  if (report.vulnerabilities === undefined)
    return `could not be asked (${(report.message ?? 'no answer').replace(/ - \w+ https?:\S+/, '')})`
  const shipped = new Set(bom.components.map(({ name }) => name))
  const bad = Object.entries(report.vulnerabilities).filter(
    ([name, { severity }]) => shipped.has(name) && ['high', 'critical'].includes(severity),
  )
  for (const [name, { severity }] of bad) expectThat(false, `${name} has a vulnerability that is ${severity}`)
  return bad.length === 0 ? 'nothing of high or critical in what ships' : `${bad.length} packages`
}

const list = listOf(first)
for (const packaged of all) {
  const { platform, program } = packaged
  expectThat(listOf(packaged) === list, `what ships for ${platform} is not what ships for ${first.platform}`)
  const fuses = await fusesOf(program)
  for (const [name, isOn] of Object.entries(fuses))
    expectThat(
      isOn === (FUSES as Readonly<Record<string, boolean>>)[name],
      `the fuse ${name} is ${isOn ? 'on' : 'off'} for ${platform}`,
    )
  if (platform !== 'linux')
    expectThat(
      integrityIn(packaged) === integrityOf(packaged.archive),
      `the program for ${platform} does not know the archive’s hash`,
    )
}

const megabytes = statSync(archive).size / 2 ** 20
expectThat(megabytes < MAX_ARCHIVE_MB, `the archive has ${megabytes.toFixed(1)} MB`)

console.log(`app.asar ${megabytes.toFixed(1)} MB, ${files.length} files, version ${manifest.version}`)
console.log(`packages: ${[...licences].map(([name, licence]) => `${name} (${licence})`).join(', ')}`)
console.log(`native modules outside of it: ${natives.join(', ')}`)
console.log(`bill of materials: ${listed.size} components, each with a permissive licence`)
console.log(`npm audit: ${audit()}`)
console.log(`list of what ships: ${list.split('\n').length - 1} files, sha256 ${sha256(Buffer.from(list))}`)
console.log(
  `packaged for ${all.map(({ platform }) => platform).join(', ')}: the same files, fuses set, the archive’s hash in the programs that look at it`,
)
if (listFile !== undefined) writeFileSync(listFile, list)
for (const words of problems) console.log(`✗ ${words}`)
console.log(problems.length === 0 ? 'The package is as it should be.' : `${problems.length} problems`)
process.exitCode = problems.length === 0 ? 0 : 1
