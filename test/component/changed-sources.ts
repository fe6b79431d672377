import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll } from 'vitest'

const ROOT = resolve(import.meta.dirname, '../..')

/**
 * A copy of the page's sources, which a spec changes before it loads modules of it. It is gone after the spec's file.
 */
export interface ChangedSources {
  /** The path of a file in the copy. */
  readonly path: (file: string) => string
  readonly load: <Module>(file: string) => Promise<Module>
}

/** `name`: of the copy's folder. */
export function copySources(name: string): ChangedSources {
  // Inside of the project, so that its packages are found.
  const copy = join(ROOT, 'out', name)
  const path = (file: string): string => join(copy, file)
  rmSync(copy, { recursive: true, force: true })
  mkdirSync(copy, { recursive: true })
  for (const folder of ['src-contract', 'src-renderer']) cpSync(join(ROOT, folder), path(folder), { recursive: true })
  cpSync(join(ROOT, 'tsconfig.base.json'), path('tsconfig.base.json'))
  const { imports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { imports: unknown }
  writeFileSync(path('package.json'), JSON.stringify({ type: 'module', imports }))
  afterAll(() => rmSync(copy, { recursive: true, force: true }))
  return { path, load: (file) => import(/* @vite-ignore */ path(file)) }
}
