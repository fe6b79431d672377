import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { parse } from 'vue/compiler-sfc'

/**
 * Writes the script of every component below `sources` as a TypeScript file into `target`, which is emptied first, with
 * the `tsconfig.json` of `sources` extended so that relative imports reach the other sources. Resolves to the paths of
 * the files: `X.vue` is `X.vue.ts`, and each line has the same number in both. The script of a generic component sees
 * each type parameter as its bound.
 */
export function writeComponentScripts(sources: string, target: string): string[] {
  rmSync(target, { recursive: true, force: true })
  const components = readdirSync(sources, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.vue'))
  const files = components.map((path) => {
    const file = join(target, `${path}.ts`)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, scriptOf(readFileSync(join(sources, path), 'utf8')))
    return file
  })
  const from = relative(target, sources).replaceAll('\\', '/')
  const settings = {
    extends: `${from}/tsconfig.json`,
    compilerOptions: { rootDirs: [from, '.'] },
    include: ['**/*.ts', `${from}/**/*.d.ts`],
  }
  writeFileSync(join(target, 'tsconfig.json'), JSON.stringify(settings))
  return files
}

function scriptOf(component: string): string {
  const { script, scriptSetup } = parse(component).descriptor
  let text = component.replace(/[^\n]/g, ' ')
  for (const block of [script, scriptSetup]) {
    if (block !== null) text = text.slice(0, block.loc.start.offset) + block.content + text.slice(block.loc.end.offset)
  }
  const { generic } = scriptSetup?.attrs ?? {}
  const bounds =
    typeof generic === 'string' ? generic.split(',').map((one) => `; type ${one.replace(' extends ', ' = ')}`) : []
  return `${text.trimEnd()}; export default {}${bounds.join('')}\n`
}
