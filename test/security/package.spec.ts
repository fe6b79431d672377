import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'

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

it('the package holds the entries, every dependency with a permissive licence, native modules outside the archive, and nothing else', { timeout: 180_000 }, () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['tools/syncdeck.mjs', 'package-check', '--built'], { cwd: ROOT, encoding: 'utf8' })
  expect(stdout, stderr).toContain('The package is as it should be.')
  expect(stdout).not.toContain('✗')
  expect(status).toBe(0)
})
