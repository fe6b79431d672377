import { resolve } from 'node:path'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'electron-vite'

const at = (path: string): string => resolve(import.meta.dirname, path)

export default defineConfig({
  main: {
    build: {
      outDir: at('out/main'),
      lib: { entry: at('src-main/index.ts'), formats: ['es'] },
      sourcemap: true,
    },
  },
  preload: {
    build: {
      outDir: at('out/preload'),
      lib: { entry: at('src-preload/index.ts'), formats: ['cjs'] },
      rollupOptions: { output: { entryFileNames: 'index.cjs' } },
    },
  },
  renderer: {
    root: at('src-renderer'),
    base: './',
    plugins: [vue()],
    build: {
      outDir: at('out/renderer'),
      emptyOutDir: true,
      rollupOptions: { input: at('src-renderer/index.html') },
      // Everything is local: one file less to wait for beats smaller files.
      modulePreload: false,
      minify: true,
      assetsInlineLimit: 0,
    },
  },
})
