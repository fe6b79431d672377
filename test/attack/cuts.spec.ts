import type { WordedError } from '../../src-contract/errors.ts'
import { until } from '../../tools/until.ts'
import { WRITES, READS, type Told } from '../faults/paths.ts'
import { attack, type Round } from './attack.ts'
import { openBetween } from './between-stage.ts'
import { wire, type ManInBetween } from './man-in-between.ts'

/**
 * The next answer to `path` ends after a random byte of it, or the connection before the server hears of the request;
 * returns where, in words.
 */
function cutNext({ random }: Round, between: ManInBetween, method: string, path: string): () => string {
  const isSent = random.whole(0, 9) > 0
  const isReset = random.whole(0, 1) === 0
  const share = random.next()
  let where = 'before the server heard of it'
  between.meddle = (asked, to) => {
    if (asked !== method || to.split('?')[0] !== path) return null
    between.meddle = () => null
    return {
      isSent,
      write: (socket, answer) => {
        const end = (): void => void (isReset ? socket.resetAndDestroy() : socket.destroy())
        if (!isSent) return end()
        const bytes = wire(answer)
        // Never the whole of it: that would be an answer.
        const at = Math.floor(share * bytes.length)
        where = `after byte ${at} of ${bytes.length}, ${isReset ? 'reset' : 'closed'}`
        if (at === 0) return end()
        socket.write(bytes.subarray(0, at), end)
      },
    }
  }
  return () => where
}

/** Connections are cut at every byte of an answer, and before one. */
attack(
  'cuts',
  [
    'a write sent twice',
    'told as done, and is not',
    'told as not done, and is',
    'no words',
    'a failed log-in',
    'an internal error',
    'a reading that is wrong',
  ],
  async (round) => {
    for (let index = 0; index < round.cases / 4; index += 1) {
      if (round.random.whole(0, 2) === 0) await cutRead(round)
      else await cutWrite(round)
      round.count()
    }
  },
)

async function cutWrite(round: Round): Promise<void> {
  const { stage, between } = await openBetween()
  const { main, jira, ref, connectorKey } = stage
  const path = WRITES[round.random.whole(0, WRITES.length - 1)] as (typeof WRITES)[number]
  path.prepare?.(stage)
  await main.ask('synchronizations:refresh', { serverId: ref.serverId })
  if (path.name === 'delete link') await main.ask('connectors:links', { ...ref, connectorKey })
  const asked = jira.seen.length
  const where = cutNext(round, between, path.method, path.path(stage))
  const told = await path
    .write(stage)
    .catch((error: { data?: WordedError }): Told => ({ as: 'not done', words: error.data?.message ?? String(error) }))
  const story = `${path.name}, cut ${where()}: told as ${told.as}, ${told.words}`
  const sent = jira.seen.slice(asked).filter(({ method }) => method !== 'GET')
  for (const [way, requests] of Map.groupBy(sent, ({ method, path: to }) => `${method} ${to}`))
    if (requests.length > 1) round.violation('a write sent twice', `${story}: ${way}`)
  const effect = path.hasEffect(stage)
  if (told.as === 'done' && effect === false) round.violation('told as done, and is not', story)
  if (told.as === 'not done' && effect === true) round.violation('told as not done, and is', story)
  if (told.as !== 'done' && !/\w{3}/.test(told.words)) round.violation('no words', story)
  if (main.log.some((line) => line.includes('request failed'))) round.violation('an internal error', story)
  if (jira.failedLogIns('admin') > 0) round.violation('a failed log-in', story)
  await main.close()
  between.stop()
  await jira.stop()
}

async function cutRead(round: Round): Promise<void> {
  const { stage, between } = await openBetween()
  const { main, jira } = stage
  const path = READS[round.random.whole(0, READS.length - 1)] as (typeof READS)[number]
  path.change(stage, 1)
  const where = cutNext(round, between, 'GET', path.path(stage))
  const failure = await path
    .read(stage)
    .catch((error: { data?: WordedError }) => error.data ?? { code: 'internal', message: String(error) })
  const story = `${path.name}, cut ${where()}${failure === null ? '' : `: ${failure.message}`}`
  if (failure !== null && 'code' in failure && failure.code === 'internal') round.violation('an internal error', story)
  const isRight = async (): Promise<boolean> =>
    JSON.stringify(await path.shown(stage)) === JSON.stringify(path.truth(stage))
  if (failure === null && !(await isRight())) round.violation('a reading that is wrong', story)
  await path.read(stage).catch(() => undefined)
  await until('the next reading is right', isRight, 5000).catch(() =>
    round.violation('a reading that is wrong', `${story}; and so is the next`),
  )
  if (jira.failedLogIns('admin') > 0) round.violation('a failed log-in', story)
  await main.close()
  between.stop()
  await jira.stop()
}
