import { join } from 'node:path'
import { tryElectron } from '../set-up/electron-binary.mjs'
import { SetUpError } from '../set-up/report.mjs'
import { nodeScript } from './node-script.mjs'

/** The application on Electron, with the page replaced as its sources change. */
export async function run(args) {
  if (!(await tryElectron())) {
    throw new SetUpError('Hot reload needs Electron’s program, which cannot be had here.', 'Use “npm start”; it builds what changed and runs on the Chromium host.')
  }
  return nodeScript(join('node_modules', 'electron-vite/bin/electron-vite.js'), ['dev', '--watch', ...args])
}
