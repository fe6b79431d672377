import { startDemo } from './demo.ts'

/** Runs only the simulated servers, until Ctrl+C. The optional argument is the seed. */
const demo = await startDemo({ seed: Number(process.argv[2] ?? 1), isDrifting: true })
for (const { name, jira, user, password } of demo.servers) {
  console.log(`${name.padEnd(20)} ${jira.baseUrl}  user “${user}”, password “${password}”`)
}
console.log('Ctrl+C ends them.')
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void demo.stop().then(() => process.exit(0)))
}
