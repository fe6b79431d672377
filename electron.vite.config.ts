import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'electron-vite'
import type { Plugin } from 'vite'

const at = (path: string): string => resolve(import.meta.dirname, path)
/** Another folder lets a test build beside the one that others use. */
const out = (path: string): string => resolve(process.env.SYNCDECK_OUT ?? at('out'), path)

/**
 * Notes which packages are in a bundle, for the bill of materials: those that are bundled are in no folder of the
 * package.
 */
function notePackages(bundle: string): Plugin {
  return {
    name: 'note-packages',
    generateBundle: (_options, chunks) => {
      const modules = Object.values(chunks).flatMap((chunk) =>
        chunk.type === 'chunk' ? Object.keys(chunk.modules) : [],
      )
      const names = modules.flatMap(
        (path) => /^.*[/\\]node_modules[/\\](@[^/\\]+[/\\][^/\\]+|[^/\\]+)/.exec(path.replace(/^\0/, ''))?.[0] ?? [],
      )
      mkdirSync(out('bundled'), { recursive: true })
      const packages = [...new Set(names)].map(
        (folder) =>
          JSON.parse(readFileSync(resolve(folder, 'package.json'), 'utf8')) as { name: string; version: string },
      )
      writeFileSync(
        out(`bundled/${bundle}.json`),
        JSON.stringify(packages.map(({ name, version }) => `${name}@${version}`).sort()),
      )
    },
  }
}

/** Of the messages' library: only what is used of it, and nothing that a developer's tools would listen to. */
const libraryFlags = { __INTLIFY_PROD_DEVTOOLS__: false, __INTLIFY_DROP_MESSAGE_COMPILER__: false }

export default defineConfig({
  main: {
    plugins: [notePackages('main')],
    define: libraryFlags,
    build: {
      outDir: out('main'),
      lib: { entry: at('src-main/index.ts'), formats: ['es'] },
      sourcemap: true,
    },
  },
  preload: {
    plugins: [notePackages('preload')],
    build: {
      outDir: out('preload'),
      lib: { entry: at('src-preload/index.ts'), formats: ['cjs'] },
      rollupOptions: { output: { entryFileNames: 'index.cjs' } },
    },
  },
  renderer: {
    root: at('src-renderer'),
    base: './',
    plugins: [vue(), notePackages('renderer')],
    define: { ...libraryFlags, __VUE_I18N_FULL_INSTALL__: false, __VUE_I18N_LEGACY_API__: false },
    build: {
      outDir: out('renderer'),
      emptyOutDir: true,
      rollupOptions: { input: at('src-renderer/index.html') },
      // Everything is local: one file less to wait for beats smaller files.
      modulePreload: false,
      minify: true,
      assetsInlineLimit: 0,
    },
  },
})
