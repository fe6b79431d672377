import fc from 'fast-check'
import type { Socket } from 'node:net'
import { createTransport } from '../../src-main/http/transport.ts'
import { MemoryKeychain } from '../support/memory-keychain.ts'
import { fastClock } from '../support/fast-clock.ts'
import { happening } from '../support/happenings.ts'
import { scratchFolder } from '../support/scratch.ts'
import { serverInput, startJira, startMain, type TestMain } from '../support/services.ts'
import { liveThrough } from '../support/timeline.ts'
import { patience } from '../../tools/patience.ts'
import { attack, type Round } from './attack.ts'
import { ManInBetween, wire, withBody, type Meddling } from './man-in-between.ts'
import { setCredential } from '../support/set-credential.ts'

const TIMEOUTS_MS = {
  lookup: patience(2000),
  connect: patience(2000),
  secureConnect: patience(2000),
  send: patience(2000),
  response: patience(700),
  request: patience(2000),
}

/** Passwords are wrong, answers to log-ins are lost, and the application is started again and again. */
attack('log-ins', ['more failed log-ins than acts', 'what no timeline may hold'], async (round) => {
  await timelines(round)
  for (let index = 0; index < round.cases / 8; index += 1) {
    await lockOut(round)
    round.count()
  }
})

/** Some timelines on a simulated clock and network. */
async function timelines(round: Round): Promise<void> {
  for (const happenings of fc.sample(fc.array(happening, { minLength: 5, maxLength: 30 }), {
    seed: round.random.whole(1, 1_000_000_000),
    numRuns: Math.ceil(round.cases / 20),
  })) {
    for (const words of await liveThrough(happenings, round.random.whole(1, 1_000_000)))
      round.violation('what no timeline may hold', `${words}, in ${JSON.stringify(happenings)}`)
    round.count()
  }
}

/** How the answer to a log-in is lost after the server counted it. */
const LOSSES: readonly [string, ((socket: Socket, bytes: Buffer) => void) | number][] = [
  ['reset', (socket) => socket.resetAndDestroy()],
  ['closed', (socket) => socket.destroy()],
  ['cut in the middle', (socket, bytes) => socket.write(bytes.subarray(0, 40), () => socket.destroy())],
  ['never answered', () => undefined],
  ['answered with 502', 502],
  ['answered with 504', 504],
  ['answered with a page', 200],
]

/** A wrong password at a real server whose answers are lost: what it counted against what users did. */
async function lockOut(round: Round): Promise<void> {
  const { random } = round
  const jira = await startJira({ synchronizations: 4, embedsStatus: random.whole(0, 1) === 0 })
  const between = await new ManInBetween(jira).start()
  const [loss, how] = LOSSES[random.whole(0, LOSSES.length - 1)] as (typeof LOSSES)[number]
  const lose = (): Meddling => ({
    isSent: true,
    write: (socket, answer) => {
      if (typeof how !== 'number') return how(socket, wire(answer))
      socket.end(
        wire(
          withBody({ ...answer, status: how }, Buffer.from('<html><body>A gateway</body></html>'), {
            'content-type': 'text/html',
          }),
        ),
      )
    },
  })
  let isLosing = random.whole(0, 3) > 0
  between.meddle = (_method, path) => (isLosing && !path.includes('serverInfo') ? lose() : null)
  const [folder, keychain] = [scratchFolder(), new MemoryKeychain()]
  const start = (): TestMain =>
    startMain({
      folder,
      keychain,
      clock: fastClock(60),
      random: () => 0,
      taskPollMs: 100,
      createTransport: (options) => createTransport({ ...options, timeoutsMs: TIMEOUTS_MS }),
    })
  let main = start()
  const { id: serverId } = await main.ask('servers:add', serverInput(jira, { address: between.baseUrl }))
  const story: string[] = [isLosing ? `answers are lost (${loss})` : 'answers arrive']
  let acts = 0
  const act = async (words: string, work: Promise<unknown>): Promise<void> => {
    story.push(words)
    await work.catch(() => undefined)
    story.push(`${jira.failedLogIns('admin')} counted`)
  }
  const enter = (): Promise<void> => {
    acts += 1
    return act(
      'a wrong password is entered',
      setCredential(main, {
        serverId,
        credential: { kind: 'basic', user: 'admin', secret: `wrong ${acts}` },
        isSessionOnly: false,
      }),
    )
  }
  await enter()
  for (let step = random.whole(3, 8); step > 0; step -= 1) {
    switch (random.whole(0, 6)) {
      case 0:
        await enter()
        break
      case 1:
        story.push('Syncdeck is started again')
        await main.close()
        main = start()
        break
      case 2:
        acts += 1
        await act('“Test once” is pressed', main.ask('servers:try-once', { serverId }))
        break
      case 3:
        acts += 1
        await act(
          'the diagnosis logs in',
          main.ask('servers:diagnose', { testId: `t${step}`, serverId, withLogIn: true }),
        )
        break
      case 4:
        isLosing = !isLosing
        story.push(isLosing ? `answers are lost (${loss})` : 'answers arrive')
        break
      default:
        await act(
          'everything is read',
          Promise.all(
            [
              main.ask('synchronizations:refresh', { serverId }),
              main.ask('synchronizations:detail', { serverId, key: 'INT-2' }),
              main.ask('conflicts:refresh', { serverId, key: 'INT-2' }),
            ].map((work) => work.catch(() => undefined)),
          ),
        )
    }
  }
  const failed = jira.failedLogIns('admin')
  if (failed > acts) round.violation('more failed log-ins than acts', `${failed} for ${acts}: ${story.join('; ')}`)
  await main.close()
  between.stop()
  await jira.stop()
}
