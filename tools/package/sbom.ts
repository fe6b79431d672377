import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

/**
 * Writes the bill of materials of what is shipped, as CycloneDX: `sbom.ts <file>`. npm knows every package of the
 * project; what is shipped are the dependencies, what is bundled into the built application, and Electron. The same
 * sources give the same file.
 */
interface Component {
  readonly 'bom-ref': string
  readonly name: string
  readonly version: string
  readonly properties?: readonly { readonly name: string; readonly value: string }[]
  readonly externalReferences?: readonly { readonly type: string }[]
}

interface Bom {
  readonly metadata: { readonly component: Component & Record<string, unknown> }
  readonly components: readonly Component[]
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[]
}

const ROOT = resolve(import.meta.dirname, '../..')
const [target = ''] = process.argv.slice(2)

const { status, stdout, stderr } = spawnSync('npm', ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'], {
  cwd: ROOT,
  encoding: 'utf8',
  maxBuffer: 64 * 2 ** 20,
  shell: process.platform === 'win32',
})
if (status !== 0) throw new Error(`npm sbom failed: ${stderr}`)
const all = JSON.parse(stdout) as Bom

const bundled = new Set(
  readdirSync(join(ROOT, 'out/bundled')).flatMap(
    (name) => JSON.parse(readFileSync(join(ROOT, 'out/bundled', name), 'utf8')) as string[],
  ),
)
/** Needed for building only, or a private package, which is one of this project's own tools. */
const isDevelopment = ({ properties = [] }: Component): boolean =>
  properties.some(({ name, value }) => /^cdx:npm:package:(development|private)$/.test(name) && value === 'true')
const isShipped = (component: Component): boolean =>
  !isDevelopment(component) || component.name === 'electron' || bundled.has(`${component.name}@${component.version}`)

const components = all.components
  .filter(isShipped)
  // The place of a download differs between builders. Everything listed ships, whatever npm installed it for.
  .map(({ properties: _properties, externalReferences = [], ...component }) => ({
    ...component,
    scope: 'required',
    externalReferences: externalReferences.filter(({ type }) => type !== 'distribution'),
  }))
  .sort((a, b) => (a['bom-ref'] < b['bom-ref'] ? -1 : 1))
const missing = [...bundled].filter(
  (name) => !components.some((component) => name === `${component.name}@${component.version}`),
)
if (missing.length > 0) throw new Error(`Bundled, but not in the lock file: ${missing.join(', ')}`)

const refs = new Set(components.map((component) => component['bom-ref']))
const { component } = all.metadata
const root = {
  ...component,
  type: 'application',
  name: component.name === 'main' ? 'syncdeck' : component.name,
  properties: [],
}
const dependencies = all.dependencies
  .filter(({ ref }) => refs.has(ref))
  .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((on) => refs.has(on)).sort() }))
  .concat({ ref: component['bom-ref'], dependsOn: [...refs] })
  .sort((a, b) => (a.ref < b.ref ? -1 : 1))
const digest = createHash('sha256')
  .update(JSON.stringify([root, components, dependencies]))
  .digest('hex')

const bom = {
  $schema: 'http://cyclonedx.org/schema/bom-1.5.schema.json',
  bomFormat: 'CycloneDX',
  specVersion: '1.5',
  // A version 8 UUID (RFC 9562): made of the content, so that the same content has the same.
  serialNumber: `urn:uuid:${digest.slice(0, 8)}-${digest.slice(8, 12)}-8${digest.slice(13, 16)}-8${digest.slice(17, 20)}-${digest.slice(20, 32)}`,
  version: 1,
  metadata: { component: root },
  components,
  dependencies,
}
mkdirSync(dirname(resolve(target)), { recursive: true })
writeFileSync(target, `${JSON.stringify(bom, null, 2)}\n`)
console.log(`bill of materials: ${components.length} components, ${bundled.size} of them bundled`)
