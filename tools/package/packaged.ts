import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { extractFile, getRawHeader, listPackage, statFile } from '@electron/asar'
import { NtExecutable, NtExecutableResource } from 'resedit'
import { programOf } from './fuses.ts'

export type Platform = 'linux' | 'win' | 'mac'

/** What electron-builder's `dir` target left for one platform. */
export interface Packaged {
  readonly platform: Platform
  /** As `@electron/fuses` expects it. */
  readonly program: string
  readonly resources: string
  readonly archive: string
}

/** The packages in `<folder>/<platform>`, in a fixed order; those that were not made are left out. */
export function packagedIn(folder: string): Packaged[] {
  return (['linux', 'win', 'mac'] as const)
    .filter((platform) => existsSync(join(folder, platform)))
    .map((platform) => {
      const name = readdirSync(join(folder, platform)).find((entry) => entry.startsWith(platform)) ?? ''
      const place = join(folder, platform, name)
      const program = {
        linux: programOf(place, 'linux', 'syncdeck'),
        win: programOf(place, 'win32', 'Syncdeck'),
        mac: programOf(place, 'darwin', 'Syncdeck'),
      }[platform]
      const resources = platform === 'mac' ? join(program, 'Contents/Resources') : join(place, 'resources')
      return { platform, program, resources, archive: join(resources, 'app.asar') }
    })
}

/** Paths in the archive with `/`, folders included. */
export function filesIn(archive: string): string[] {
  return listPackage(archive, { isPack: false }).map((path) => path.slice(1).split(sep).join('/'))
}

/** Everything of ours that ships, a line each with its SHA-256, sorted; the same sources give the same list. */
export function listOf({ archive, resources }: Packaged): string {
  const isFile = (path: string): boolean => !('files' in statFile(archive, path))
  const bytes = (path: string): Buffer => {
    const outside = join(`${archive}.unpacked`, path)
    return existsSync(outside) ? readFileSync(outside) : extractFile(archive, path)
  }
  const lines = filesIn(archive)
    .filter(isFile)
    .map((path) => [`app.asar/${path}`, sha256(bytes(path))] as const)
  return [...lines, ['sbom.cdx.json', sha256(readFileSync(join(resources, 'sbom.cdx.json')))] as const]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, hash]) => `${hash}  ${path}\n`)
    .join('')
}

/**
 * The hash by which Electron knows the archive, as it was put into the program (Windows) or its list of properties
 * (macOS); `null` if there is none, as on Linux, where Electron does not check (“ASAR Integrity” in its documentation).
 */
export function integrityIn({ platform, program }: Packaged): string | null {
  if (platform === 'win') {
    const { entries } = NtExecutableResource.from(NtExecutable.from(readFileSync(program)))
    const entry = entries.find(({ type, id }) => type === 'INTEGRITY' && id === 'ELECTRONASAR')
    if (entry === undefined) return null
    const list = JSON.parse(Buffer.from(entry.bin).toString()) as { file: string; value: string }[]
    return list.find(({ file }) => file === 'resources\\app.asar')?.value ?? null
  }
  if (platform === 'linux') return null
  const properties = readFileSync(join(program, 'Contents/Info.plist'), 'utf8')
  return (
    /<key>Resources\/app\.asar<\/key>\s*<dict>[\s\S]*?<key>hash<\/key>\s*<string>([0-9a-f]{64})<\/string>/.exec(
      properties,
    )?.[1] ?? null
  )
}

/** The hash by which Electron should know the archive: that of its header, which contains the hash of every file. */
export function integrityOf(archive: string): string {
  return sha256(Buffer.from(getRawHeader(archive).headerString))
}

export function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}
