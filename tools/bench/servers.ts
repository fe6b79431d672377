import { spawn, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { createInterface, type Interface } from 'node:readline'
import type { JiraOptions } from '../../src-simulator/index.ts'

const SCRIPT = join(import.meta.dirname, 'servers-process.ts')

/** Simulated servers in another process. */
export class BenchServers {
  readonly baseUrls: readonly string[]
  readonly #child: ChildProcess
  readonly #lines: AsyncIterator<string>

  private constructor(child: ChildProcess, lines: AsyncIterator<string>, baseUrls: readonly string[]) {
    this.#child = child
    this.#lines = lines
    this.baseUrls = baseUrls
  }

  static async start(options: JiraOptions & { readonly count: number }): Promise<BenchServers> {
    const child = spawn(process.execPath, [SCRIPT, JSON.stringify(options)], { stdio: ['pipe', 'pipe', 'inherit'] })
    const reader: Interface = createInterface({ input: child.stdout })
    const lines = reader[Symbol.asyncIterator]()
    const first = await lines.next()
    return new BenchServers(child, lines, JSON.parse(String(first.value)) as string[])
  }

  /** Requests since the last call. */
  async requests(): Promise<number> {
    return this.#ask('count')
  }

  /** Changes every synchronization's number of errors. */
  async change(): Promise<void> {
    await this.#ask('change')
  }

  /** Lets every synchronization run. */
  async run(): Promise<void> {
    await this.#ask('run')
  }

  /** The requests since the last call, as method and address, by server. */
  async list(): Promise<[method: string, address: string][][]> {
    return JSON.parse(await this.#answer('list')) as [string, string][][]
  }

  stop(): void {
    this.#child.kill()
  }

  async #ask(line: string): Promise<number> {
    return Number(await this.#answer(line))
  }

  async #answer(line: string): Promise<string> {
    this.#child.stdin?.write(`${line}\n`)
    return String((await this.#lines.next()).value)
  }
}
