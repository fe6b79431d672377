import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { FuseV1Options } from '@electron/fuses'
import type { AfterPackContext } from 'electron-builder'
import { expect, it, onTestFinished } from 'vitest'
import setFuses, { FUSES, fusesOf } from '../../tools/package/fuses.ts'
import { patience } from '../../tools/patience.ts'
import { scratchFolder } from '../support/scratch.ts'
import { filesBelow } from '../support/secrets.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')

it('the version of Electron is exact', () => {
  const { dependencies, devDependencies } = JSON.parse(read('package.json')) as Record<string, Record<string, string>>
  for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies }))
    expect(version, name).toMatch(/^(npm:@?[\w/-]+@)?\d+\.\d+\.\d+$/)
})

it('every fuse is decided', () => {
  const known = Object.keys(FuseV1Options).filter((name) => Number.isNaN(Number(name)))
  expect(known.length).toBeGreaterThan(8)
  expect(Object.keys(FUSES).sort()).toEqual(known.sort())
  expect(FUSES).toMatchObject({
    RunAsNode: false,
    EnableNodeOptionsEnvironmentVariable: false,
    EnableNodeCliInspectArguments: false,
    GrantFileProtocolExtraPrivileges: false,
    EnableCookieEncryption: false,
    OnlyLoadAppFromAsar: true,
    EnableEmbeddedAsarIntegrityValidation: true,
  })
  expect(read('electron-builder.yml')).toContain('\nafterPack: ./tools/package/fuses.ts\n')
})

/** A file with a wire of this many fuses, each as a digit, as it lies in Electron's program. */
function programWith(wire: string): { readonly folder: string; readonly program: string } {
  const folder = scratchFolder('disk')
  const program = join(folder, 'syncdeck')
  writeFileSync(
    program,
    Buffer.concat([Buffer.from('…dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'), Buffer.from([1, wire.length]), Buffer.from(wire)]),
  )
  return { folder, program }
}
const setIn = (folder: string): Promise<void> =>
  setFuses({
    appOutDir: folder,
    electronPlatformName: 'linux',
    packager: { executableName: 'syncdeck' },
  } as unknown as AfterPackContext)

it('fuses are set in the program, also where it knows fewer of them, and a fuse that is not decided stops the packaging', async () => {
  const current = programWith('101100011')
  await setIn(current.folder)
  expect(await fusesOf(current.program)).toEqual(FUSES)

  const older = programWith('10110001')
  await setIn(older.folder)
  expect(await fusesOf(older.program)).toEqual(
    Object.fromEntries(Object.entries(FUSES).filter(([name]) => name !== 'WasmTrapHandlers')),
  )

  const newer = programWith('1011000111')
  const before = readFileSync(newer.program)
  await expect(setIn(newer.folder)).rejects.toThrow('strictlyRequireAllFuses')
  expect(readFileSync(newer.program).equals(before)).toBe(true)
})

it('icons hold every size that their platform shows', () => {
  const width = (png: Buffer): number => png.readUInt32BE(16)
  for (const size of [16, 24, 32, 48, 64, 128, 256, 512])
    expect(width(readFileSync(join(ROOT, `resources/icons/${size}x${size}.png`)))).toBe(size)

  const ico = readFileSync(join(ROOT, 'resources/icon.ico'))
  const inIco = Array.from({ length: ico.readUInt16LE(4) }, (_, index) =>
    width(ico.subarray(ico.readUInt32LE(6 + 16 * index + 12))),
  )
  expect(inIco).toEqual([16, 20, 24, 32, 40, 48, 64, 128, 256])

  const icns = readFileSync(join(ROOT, 'resources/icon.icns'))
  expect(icns.readUInt32BE(4)).toBe(icns.length)
  const inIcns: number[] = []
  for (let at = 8; at < icns.length; at += icns.readUInt32BE(at + 4)) inIcns.push(width(icns.subarray(at + 8)))
  expect([...new Set(inIcns)]).toEqual([16, 32, 64, 128, 256, 512, 1024])
})

const packageCheck = (...args: string[]) =>
  spawnSync(process.execPath, ['tools/syncdeck.mjs', 'package-check', '--built', ...args], {
    cwd: ROOT,
    encoding: 'utf8',
  })

it(
  'the package holds the entries, every dependency with a permissive licence, native modules outside the archive, and nothing else; twice the same',
  { timeout: patience(180_000) },
  () => {
    const lists = [1, 2].map((time) => {
      const file = join(scratchFolder('disk'), 'list.txt')
      const { status, stdout, stderr } = packageCheck(file)
      expect(stdout, stderr).toContain('The package is as it should be.')
      expect(stdout).not.toContain('✗')
      expect(stdout).toContain('packaged for linux, win, mac: the same files, fuses set')
      expect(stdout).toMatch(/npm audit: (nothing of high or critical in what ships|could not be asked)/)
      expect(status, `time ${time}`).toBe(0)
      return readFileSync(file, 'utf8')
    })
    expect(lists[0]).toBe(lists[1])
    for (const path of [
      'app.asar/out/main/index.js',
      'app.asar/out/preload/index.cjs',
      'app.asar/out/renderer/index.html',
      'sbom.cdx.json',
    ])
      expect(lists[0]).toContain(`  ${path}\n`)
  },
)

it('a build of the same sources is the same, file for file', { timeout: patience(180_000) }, () => {
  // Beside the other, because paths to files that are not built are relative.
  const folder = join(ROOT, 'out-again')
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const { status, stderr } = spawnSync(process.execPath, ['node_modules/electron-vite/bin/electron-vite.js', 'build'], {
    cwd: ROOT,
    encoding: 'utf8',
    env: { ...process.env, SYNCDECK_OUT: folder },
  })
  expect(status, stderr).toBe(0)
  const hashes = (root: string): Map<string, string> =>
    new Map(
      filesBelow(root)
        .filter(({ name }) => /^(main|preload|renderer)\b/.test(name) && !name.endsWith('.map'))
        .map(({ name, bytes }) => [name, createHash('sha256').update(bytes).digest('hex')]),
    )
  expect(hashes(folder).size).toBeGreaterThan(5)
  expect(hashes(folder)).toEqual(hashes(join(ROOT, 'out')))
})

it('no two targets make files of one name', () => {
  const config = read('electron-builder.yml')
  const patternOf = (target: string): string =>
    new RegExp(`^${target}:\\n(?: .*\\n)*? {2}artifactName: (.*)$`, 'm').exec(config)?.[1] ??
    /^artifactName: (.*)$/m.exec(config)?.[1] ??
    ''
  // By platform, and by what electron-builder puts at the end of the name.
  const names = {
    linux: { AppImage: 'AppImage', deb: 'deb' },
    win: { nsis: 'exe', portable: 'exe' },
    mac: { dmg: 'dmg' },
  }
  const made = Object.entries(names).flatMap(([os, targets]) =>
    Object.entries(targets).map(([target, ext]) => patternOf(target).replace('${os}', os).replace('${ext}', ext)),
  )
  expect(made).toHaveLength(5)
  expect(new Set(made).size).toBe(5)
})

it('what each target shows and needs is stated', () => {
  const config = read('electron-builder.yml')
  for (const target of ['AppImage', 'deb', 'nsis', 'dmg']) expect(config).toContain(target)
  for (const stated of [
    'appId: ',
    'icon: resources/icon.ico',
    'icon: resources/icon.icns',
    "asarUnpack:\n  - '**/*.node'",
  ])
    expect(config).toContain(stated)
})

/**
 * In the place of fpm, which makes the package from what electron-builder hands to it: notes its arguments, and keeps
 * the desktop entry.
 */
const NOTING_FPM = `#!/bin/sh
printf '%s\\n' "$@" > "$NOTES/arguments"
for argument in "$@"; do
  case $argument in
    *.desktop=*) cp "\${argument%%=*}" "$NOTES/entry" ;;
    *.deb) : > "$argument" ;;
  esac
done
`

it.runIf(process.platform === 'linux')(
  'the Debian package is handed its icons, its entry in the menu, its needs and who made it',
  { timeout: patience(120_000) },
  () => {
    const folder = scratchFolder('disk')
    const fpm = join(folder, 'fpm')
    writeFileSync(fpm, NOTING_FPM, { mode: 0o755 })
    const node = (...args: string[]) =>
      spawnSync(process.execPath, args, {
        cwd: ROOT,
        encoding: 'utf8',
        env: { ...process.env, CUSTOM_FPM_PATH: fpm, NOTES: folder },
      })
    expect(node('tools/package/placeholder.ts', join(folder, 'electron')).status).toBe(0)
    const { status, stdout, stderr } = node(
      'node_modules/electron-builder/cli.js',
      '--linux',
      'deb',
      '--x64',
      `-c.directories.output=${join(folder, 'out')}`,
      `-c.electronDist=${join(folder, 'electron/linux')}`,
    )
    expect(status, stderr).toBe(0)
    // What electron-builder advises is either followed or decided against.
    expect(stdout).not.toContain('desktopName')

    const handed = readFileSync(join(folder, 'arguments'), 'utf8')
    for (const size of [16, 24, 32, 48, 64, 128, 256, 512])
      expect(handed).toContain(`${size}x${size}.png=/usr/share/icons/hicolor/${size}x${size}/apps/syncdeck.png\n`)
    expect(handed).toContain('=/usr/share/applications/syncdeck.desktop\n')
    expect(handed).toContain('-d\nlibsecret-1-0\n')
    expect(handed).toContain('--maintainer\nSyncdeck maintainers <maintainers@syncdeck.example>\n')
    expect(handed).toContain('--license\nMIT\n')

    const entry = readFileSync(join(folder, 'entry'), 'utf8')
    for (const line of [
      'Name=Syncdeck',
      'Type=Application',
      'Icon=syncdeck',
      'Categories=Development;',
      'StartupWMClass=syncdeck',
    ])
      expect(entry).toContain(`${line}\n`)
    expect(entry).toMatch(/^Exec=\/opt\/Syncdeck\/syncdeck %U$/m)
    expect(entry).toMatch(/^Comment=.*[Ss]ynchronizations of many Jira servers/m)
  },
)
