import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { mainOfThisProcess } from './own-process-main.ts'

/**
 * Continues the only job of a folder like a user, and prints a line with each change of it, until it is killed. It
 * tells its starter by files: `asks`, that the password has to be changed; `ended`. `changed` is the answer to the
 * first.
 */
const [folder = '', baseUrl = '', secret = ''] = process.argv.slice(2)
const { services, ask, say } = mainOfThisProcess(folder)
const [asks, changed, ended] = ['asks', 'changed', 'ended'].map((name) => join(folder, name))

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
    writeFileSync(ended ?? '', '')
    say('ended')
  } else if (job.state !== 'running' && isStill) {
    const hasChanged = existsSync(changed ?? '')
    if (job.halt?.key === 'jobs.halt.change' && !hasChanged) {
      writeFileSync(asks ?? '', '')
      continue
    }
    const passwords = [
      { user: 'backbone', baseUrl, password: secret },
      { user: 'local', baseUrl, password: 'local' },
    ]
    await ask('jobs:go-on', { id: job.id, passwords: hasChanged ? passwords : [] })
  }
}
