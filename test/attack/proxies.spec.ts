import type { SimulatedJira } from '../../src-simulator/index.ts'
import { fastClock } from '../support/fast-clock.ts'
import { makeCertificate, type Certificate } from '../support/certificates.ts'
import { MemoryKeychain } from '../support/memory-keychain.ts'
import { startProxy } from '../support/proxy-server.ts'
import { worded } from '../support/said.ts'
import { scratchFolder } from '../support/scratch.ts'
import { addServer, startJira, startMain, type TestMain } from '../support/services.ts'
import { setCredential } from '../support/set-credential.ts'
import { attack, type Round } from './attack.ts'

const HOST = 'jira.example'
const SERVERS = 3
/** How a proxy refuses a password. */
interface Refusal {
  readonly deniesWith: number
  /** It does not demand another one by a header. */
  readonly isSilent: boolean
}
const REFUSALS: readonly Refusal[] = [
  ...[407, 401, 403, 302, 400, 503].map((deniesWith) => ({ deniesWith, isSilent: false })),
  ...[407, 200, 302, 303, 400, 403, 404, 418, 429, 451, 500, 502, 503].map((deniesWith) => ({
    deniesWith,
    isSilent: true,
  })),
]
/** Whether an answer says that the password is wrong; otherwise it is heard twice. */
const isSaid = ({ deniesWith, isSilent }: Refusal): boolean => deniesWith === 407 || (!isSilent && deniesWith >= 400)
/** What looks like a server that is down: a password that was right before is sent on, as docs/security.md says. */
const looksDown = ({ deniesWith, isSilent }: Refusal): boolean => isSilent && (deniesWith >= 500 || deniesWith === 429)
const UNSAID_ATTEMPTS = 2

let certificate: Promise<Certificate> | null = null
const certificateOfAll = (): Promise<Certificate> => (certificate ??= makeCertificate(HOST))

/** Passwords of a proxy are wrong, or become wrong under way, and it refuses them in words of its own; all servers are behind it. */
attack('proxies', ['more refused log-ins than passwords', 'the right password does not do'], async (round) => {
  for (let index = 0; index < round.cases / 8; index += 1) {
    await oneDay(round)
    round.count()
  }
})

async function oneDay({ random, violation }: Round): Promise<void> {
  const isTls = random.whole(0, 1) === 0
  const refusal = REFUSALS[random.whole(0, REFUSALS.length - 1)] as Refusal
  const proxy = await startProxy({ credentials: 'me:right 0', ...refusal })
  const tls = isTls ? await certificateOfAll() : null
  const jiras = await Promise.all(
    Array.from({ length: SERVERS }, () => startJira({ synchronizations: 8, ...(tls && { tls }) })),
  )
  const [folder, keychain] = [scratchFolder(), new MemoryKeychain()]
  const start = (): TestMain => startMain({ folder, keychain, clock: fastClock(5), random: () => 0, taskPollMs: 100 })
  let main = start()
  const story = [
    `${isTls ? 'https' : 'http'}, refused by ${refusal.deniesWith}${refusal.isSilent ? '' : ' and a demand for another'}`,
  ]
  let [passwords, right] = [0, 0]
  const note = (words: string): void => void story.push(`${words}: ${proxy.denied()} refused`)
  const read = (): Promise<unknown> => main.ask('synchronizations:refresh', { serverId: null }).catch(() => undefined)
  const enter = async (password: string): Promise<void> => {
    if (password !== `right ${right}`) passwords += 1
    await main.ask('settings:set-proxy-password', { password }).catch(() => undefined)
  }
  await main.ask('settings:set', { proxyMode: 'manual', proxyAddress: proxy.address, proxyUser: 'me' })
  await enter(random.pick(['right 0', 'right 0', 'wrong']))
  for (const jira of jiras) await addServer(main, jira, { address: addressOf(jira), caPem: tls?.cert ?? '' })
  note('servers are added')
  for (let step = random.whole(3, 7); step > 0; step -= 1) {
    switch (random.whole(0, 5)) {
      case 0:
        await enter(`wrong ${step}`)
        await read()
        note('a wrong password is entered')
        break
      case 1:
        await main.close()
        main = start()
        await read()
        note('Syncdeck is started again')
        break
      case 2:
        await enter(`right ${right}`)
        await openAll(main)
        await read()
        note('the right password is entered')
        break
      case 3:
        if (looksDown(refusal)) break
        right += 1
        passwords += 1
        proxy.changePassword(`me:right ${right}`, isTls ? 0 : random.whole(0, 20))
        await read()
        // Where so many did not come.
        proxy.changePassword(`me:right ${right}`)
        await read()
        note('the password becomes another under way')
        break
      default:
        for (let times = random.whole(1, 3); times > 0; times -= 1) await read()
        note('everything is read')
    }
  }
  const allowed = passwords * (isSaid(refusal) ? 1 : UNSAID_ATTEMPTS)
  if (proxy.denied() > allowed)
    violation('more refused log-ins than passwords', `${proxy.denied()} for ${passwords}: ${story.join('; ')}`)
  await enter(`right ${right}`)
  const all = jiras.reduce((sum, jira) => sum + jira.api.entries.size, 0)
  let count = 0
  for (let tries = 0; tries < 3 && count < all; tries += 1) {
    await openAll(main)
    await read()
    count = (await main.rows()).length
  }
  if (count !== all)
    violation(
      'the right password does not do',
      `${count} of ${all} are read, ${await states(main)}: ${story.join('; ')}`,
    )
  await main.close()
  for (const jira of jiras) await jira.stop()
}

const addressOf = (jira: SimulatedJira): string => jira.baseUrl.replace('127.0.0.1', HOST)

/** As the user does at each server that is closed because something else answered; “Test once” would be too soon. */
async function openAll(main: TestMain): Promise<void> {
  for (const { id, access } of await main.ask('servers:list', {}))
    if (access.state === 'blocked')
      await setCredential(main, {
        serverId: id,
        credential: { kind: 'basic', user: 'admin', secret: 'admin' },
        isSessionOnly: false,
      })
}

const states = async (main: TestMain): Promise<string> =>
  (await main.ask('servers:list', {}))
    .map(({ access, reach }) => `${access.state} (${reach.error === null ? 'reached' : worded(reach.error).message})`)
    .join(', ')
