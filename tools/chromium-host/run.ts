import { flushCompileCache, registerHooks } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { becomeReady, commandLine, host } from './host.ts'

/**
 * Runs a built Electron application on Node and an installed Chromium; `README.md` says how it differs from Electron:
 * `node tools/chromium-host/start.mjs <application folder> [--user-data-dir=…] [switches of the application]`
 */
const replacement = new URL('./electron.ts', import.meta.url).href
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'electron' ? { url: replacement, shortCircuit: true } : next(specifier, context),
})

// Electron warns of an unhandled rejection, and continues; here it ends the application, so that it is noticed. Work
// interrupted by quitting is not a fault.
process.on('unhandledRejection', (reason) => {
  if (!host.isQuitting) throw reason
  console.error(`Broken off by quitting: ${reason instanceof Error ? reason.message : String(reason)}`)
})

await import(pathToFileURL(join(commandLine.appFolder, host.manifest.main)).href)
becomeReady()
// Tests kill it, and the cache would be written at an orderly end alone.
flushCompileCache()
