import { createTransport } from '../../src-main/http/transport.ts'
import { patience } from '../../tools/patience.ts'
import type { Stage } from '../faults/stage.ts'
import { fastClock } from '../support/fast-clock.ts'
import { addServer, startJira, startMain, type TestMain } from '../support/services.ts'
import { ManInBetween } from './man-in-between.ts'

const TIMEOUTS_MS = {
  lookup: patience(2000),
  connect: patience(2000),
  secureConnect: patience(2000),
  send: patience(2000),
  response: patience(1000),
  request: patience(2000),
}

/**
 * A server with a man in between, and a main process that has read it. Its user chooses the file `links.json` in its
 * folder.
 */
export async function openBetween(): Promise<{ stage: Stage; between: ManInBetween }> {
  const jira = await startJira({ synchronizations: 3, seed: 3, embedsStatus: true })
  const between = await new ManInBetween(jira).start()
  const main: TestMain = startMain({
    clock: fastClock(60),
    random: () => 0,
    taskPollMs: 100,
    fileToChoose: () => `${main.folder}/links.json`,
    createTransport: (options) => createTransport({ ...options, timeoutsMs: TIMEOUTS_MS }),
  })
  const serverId = await addServer(main, jira, { address: between.baseUrl })
  await main.ask('synchronizations:refresh', { serverId })
  const connectorKey = jira.entry('INT-2').integration.firstConnector.connectorKey
  return { stage: { main, jira, ref: { serverId, key: 'INT-2' }, connectorKey, impostor: null }, between }
}
