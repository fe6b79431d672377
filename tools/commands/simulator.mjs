import { nodeScript } from './node-script.mjs'

/** The simulated Jira servers by themselves; the argument is the seed. */
export function run(args) {
  return nodeScript('src-simulator/command-line.ts', args)
}
