import { nodeScript } from './node-script.mjs'
import { build } from './build.mjs'

/** electron-builder for this platform; arguments go to it. */
export async function run(args) {
  await build()
  const code = await nodeScript('tools/package/sbom.ts', ['out/sbom.cdx.json'])
  if (code !== 0) return code
  return nodeScript('node_modules/electron-builder/cli.js', args)
}
