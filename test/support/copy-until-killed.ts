import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { mainOfThisProcess } from './own-process-main.ts'

/**
 * Continues the only job of a folder like a user who knows its passwords, and prints a line with each change of it,
 * until it is killed. The file `ended` tells the starter that the job is over.
 */
const [folder = '', baseUrl = ''] = process.argv.slice(2)
const { services, ask, say } = mainOfThisProcess(folder)

await services.directory.load()
services.jobStore.changed.on(() => say('changed'))
services.resume()
for (;;) {
  await delay(10)
  for (const { id, access } of (await ask('servers:list', {})) ?? [])
    if (access.state === 'blocked') await ask('servers:try-once', { serverId: id })
  const job = services.jobStore.all()[0]
  if (job === undefined) continue
  const isStill = job.targets.every(({ steps }) => steps.every(({ outcome }) => outcome !== 'under-way'))
  if (job.state === 'planned') await ask('jobs:begin', { id: job.id })
  else if (job.state === 'ended') {
    writeFileSync(join(folder, 'ended'), '')
    say('ended')
  } else if (job.state !== 'running' && isStill) {
    const passwords = ['backbone', 'local'].map((user) => ({ user, baseUrl, password: user }))
    await ask('jobs:go-on', { id: job.id, passwords })
  }
}
