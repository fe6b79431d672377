import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { NtExecutable, NtExecutableResource, Resource } from 'resedit'

/**
 * Folders in place of Electron's distribution, with just the parts that packaging changes: `placeholder.ts <folder>`
 * makes one for each platform. They are not programs; packaging treats them as it would treat Electron.
 */
const FUSE_SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'
/**
 * As in the distribution: the wire's version, its length, and each fuse's state (“Fuses” in Electron's documentation).
 */
const wire = Buffer.concat([Buffer.from(FUSE_SENTINEL), Buffer.from([1, 9]), Buffer.from('101100011')])

const [folder = ''] = process.argv.slice(2)
const HELPERS = ['', ' (Renderer)', ' (Plugin)', ' (GPU)']
const DUMMY = Buffer.from('not a program\n')

function write(path: string, content: Buffer | string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
}

function windowsProgram(): Buffer {
  const program = NtExecutable.createEmpty(false, false)
  const resources = NtExecutableResource.from(program)
  const version = Resource.VersionInfo.createEmpty()
  version.lang = 1033
  version.setStringValues({ lang: 1033, codepage: 1200 }, { ProductName: 'Electron' })
  version.outputToResourceEntries(resources.entries)
  resources.outputResource(program)
  return Buffer.concat([Buffer.from(program.generate()), wire])
}

function propertyList(name: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict><key>CFBundleExecutable</key><string>${name}</string><key>CFBundleName</key><string>${name}</string></dict></plist>
`
}

write(join(folder, 'linux/electron'), Buffer.concat([DUMMY, wire]))
chmodSync(join(folder, 'linux/electron'), 0o755)

write(join(folder, 'win/electron.exe'), windowsProgram())

const contents = join(folder, 'mac/Electron.app/Contents')
write(join(contents, 'Info.plist'), propertyList('Electron'))
write(join(contents, 'MacOS/Electron'), DUMMY)
write(join(contents, 'Resources/electron.icns'), DUMMY)
write(join(contents, 'Frameworks/Electron Framework.framework/Electron Framework'), Buffer.concat([DUMMY, wire]))
for (const suffix of HELPERS) {
  const name = `Electron Helper${suffix}`
  write(join(contents, `Frameworks/${name}.app/Contents/Info.plist`), propertyList(name))
  write(join(contents, `Frameworks/${name}.app/Contents/MacOS/${name}`), DUMMY)
}
