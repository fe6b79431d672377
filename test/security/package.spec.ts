import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { scratchFolder } from '../support/scratch.ts'
import { filesBelow } from '../support/secrets.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')

it('the version of Electron is exact', () => {
  const { dependencies, devDependencies } = JSON.parse(read('package.json')) as Record<string, Record<string, string>>
  for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) expect(version, name).toMatch(/^(npm:@?[\w/-]+@)?\d+\.\d+\.\d+$/)
})

/** The fuses that this version of electron-builder can set; a new one has to be decided before this passes again. */
function fusesOfBuilder(): string[] {
  const types = read('node_modules/app-builder-lib/out/configuration.d.ts')
  const block = /interface FuseOptionsV1 \{([\s\S]*?)\n\}/.exec(types)?.[1] ?? ''
  return [...block.matchAll(/^ {4}(\w+)\?:/gm)].flatMap(([, name]) => name ?? [])
}

it('every fuse is decided', () => {
  const block = /^electronFuses:\n((?: {2}.*\n)+)/m.exec(read('electron-builder.yml'))?.[1] ?? ''
  const decided = Object.fromEntries([...block.matchAll(/^ {2}(\w+): (true|false)$/gm)].map(([, name = '', value]) => [name, value === 'true']))
  expect(fusesOfBuilder().length).toBeGreaterThan(7)
  expect(Object.keys(decided).sort()).toEqual(fusesOfBuilder().sort())
  expect(decided).toMatchObject({
    runAsNode: false,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    grantFileProtocolExtraPrivileges: false,
    enableCookieEncryption: true,
    onlyLoadAppFromAsar: true,
    enableEmbeddedAsarIntegrityValidation: true,
  })
})

const packageCheck = (...args: string[]) => spawnSync(process.execPath, ['tools/syncdeck.mjs', 'package-check', '--built', ...args], { cwd: ROOT, encoding: 'utf8' })

it('the package holds the entries, every dependency with a permissive licence, native modules outside the archive, and nothing else; twice the same', { timeout: 180_000 }, () => {
  const lists = [1, 2].map((time) => {
    const file = join(scratchFolder(), 'list.txt')
    const { status, stdout, stderr } = packageCheck(file)
    expect(stdout, stderr).toContain('The package is as it should be.')
    expect(stdout).not.toContain('✗')
    expect(stdout).toMatch(/npm audit: (nothing of high or critical in what ships|could not be asked)/)
    expect(status, `time ${time}`).toBe(0)
    return readFileSync(file, 'utf8')
  })
  expect(lists[0]).toBe(lists[1])
  for (const path of ['app.asar/out/main/index.js', 'app.asar/out/preload/index.cjs', 'app.asar/out/renderer/index.html', 'sbom.cdx.json']) expect(lists[0]).toContain(`  ${path}\n`)
})

it('a build of the same sources is the same, file for file', { timeout: 180_000 }, () => {
  // Beside the other, because paths to what is not built are relative.
  const folder = join(ROOT, 'out-again')
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const { status, stderr } = spawnSync(process.execPath, ['node_modules/electron-vite/bin/electron-vite.js', 'build'], { cwd: ROOT, encoding: 'utf8', env: { ...process.env, SYNCDECK_OUT: folder } })
  expect(status, stderr).toBe(0)
  const hashes = (root: string): Map<string, string> =>
    new Map(filesBelow(root).filter(({ name }) => /^(main|preload|renderer)\b/.test(name) && !name.endsWith('.map')).map(({ name, bytes }) => [name, createHash('sha256').update(bytes).digest('hex')]))
  expect(hashes(folder).size).toBeGreaterThan(5)
  expect(hashes(folder)).toEqual(hashes(join(ROOT, 'out')))
})

it('what each target shows and needs is stated', () => {
  const config = read('electron-builder.yml')
  for (const target of ['AppImage', 'deb', 'nsis', 'dmg']) expect(config).toContain(target)
  for (const stated of ['executableName: syncdeck', 'Comment: ', 'maintainer: ', 'libsecret-1-0', 'appId: ', 'icon: resources/icon.png', "asarUnpack:\n  - '**/*.node'"]) expect(config).toContain(stated)
})
