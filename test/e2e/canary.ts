import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { SimulatedJira } from '../../src-simulator/index.ts'
import { electronExecutable, type LaunchedApp } from '../../tools/launch/launch-syncdeck.ts'
import { filesBelow, findSecrets, type Place } from '../support/secrets.ts'

const run = randomUUID().slice(0, 8)
const secret = (name: string): string => `canary-${name}-Pä55-${run}`

/**
 * Every secret that an end-to-end spec types, unique to this run: whatever the spec is about, none of them may be found
 * afterwards.
 */
export const SECRETS = {
  password: secret('password'),
  // Tokens are Base64: others are refused on input.
  token: `canary-token/P455+${run}=`,
  wrong: secret('wrong'),
  changed: secret('changed'),
  firstSide: secret('first-side'),
  secondSide: secret('second-side'),
} as const

const servers: SimulatedJira[] = []

/** The cookies of the sessions that this server opens are secrets as well. */
export function watchSessions(jira: SimulatedJira): void {
  servers.push(jira)
}

/** The ids of all sessions that Syncdeck was given. */
export function sessionIds(): string[] {
  return servers.flatMap(({ cluster }) => cluster.nodes.flatMap(({ sessions }) => sessions.issued))
}

/**
 * Watches the applications of one profile, and looks for secrets: in files, exports, output, and what main sent to the
 * page.
 */
export class Canary {
  readonly #profile: string
  readonly #traffic: string
  readonly #apps: LaunchedApp[] = []
  readonly #memories: Place[] = []

  /** `notes`: a folder for what main sends to the page. */
  constructor(profile: string, notes: string) {
    this.#profile = profile
    this.#traffic = join(notes, 'ipc.jsonl')
  }

  /** Fails the test if a secret is anywhere. */
  expectNone(): void {
    const cookies = Object.fromEntries(sessionIds().map((id, index) => [`session cookie ${index + 1}`, id]))
    expect(findSecrets({ ...SECRETS, ...cookies }, this.places()), 'secrets found').toEqual([])
  }

  /** Fails the test if the page had a fault, such as something from main that breaks the contract. */
  expectNoFaults(): void {
    const logs = join(this.#profile, 'logs')
    const lines = existsSync(logs) ? filesBelow(logs).flatMap(({ bytes }) => bytes.toString('utf8').split('\n')) : []
    expect(
      lines.filter((line) => line.includes('fault in the page')),
      'faults of the page',
    ).toEqual([])
  }

  /** What a started application needs in its environment. */
  get env(): Record<string, string> {
    return { SYNCDECK_HOST_RECORD_IPC: this.#traffic }
  }

  watch(app: LaunchedApp): void {
    this.#apps.push(app)
  }

  /** Takes the strings of the page's memory as they are now. */
  async takeMemory({ page }: LaunchedApp): Promise<void> {
    const session = await page.context().newCDPSession(page)
    const chunks: string[] = []
    session.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => chunks.push(chunk))
    await session.send('HeapProfiler.enable')
    await session.send('HeapProfiler.collectGarbage')
    await session.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false })
    const { strings } = JSON.parse(chunks.join('')) as { strings: string[] }
    this.#memories.push({ name: 'the page’s memory', bytes: Buffer.from(strings.join('\n')) })
    await session.detach()
  }

  /** Everything that there is to look into. */
  places(): Place[] {
    const traffic = existsSync(this.#traffic) ? readFileSync(this.#traffic) : Buffer.alloc(0)
    if (electronExecutable() === null && this.#apps.length > 0)
      expect(traffic.length, 'main told the page something').toBeGreaterThan(0)
    return [
      ...filesBelow(this.#profile),
      { name: 'output', bytes: Buffer.from(this.#apps.flatMap(({ output }) => output).join('\n')) },
      { name: 'what main told the page', bytes: traffic },
      ...this.#memories,
    ]
  }
}
