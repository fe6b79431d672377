import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EventMessage } from '../../src-contract/contract.ts'
import { createServices, type Services } from '../../src-main/app/services.ts'

/** The main process without Electron: all services, on real HTTP and SQLite. */
export interface BenchMain {
  readonly services: Services
  readonly folder: string
  readonly serverIds: readonly string[]
  /** Bytes of all events so far, as the renderer would get them. */
  readonly sent: { bytes: number; changedRows: number }
  close(): Promise<void>
}

const nothing = (): undefined => undefined

export async function openMain(baseUrls: readonly string[]): Promise<BenchMain> {
  const folder = mkdtempSync(join(tmpdir(), 'syncdeck-bench-'))
  const sent = { bytes: 0, changedRows: 0 }
  const services = createServices({
    folder,
    keychain: { get: async () => null, set: async () => undefined, delete: async () => undefined },
    logger: { write: nothing },
    send: (message: EventMessage) => {
      sent.bytes += JSON.stringify(message).length
      if (message.topic === 'synchronizations:changed')
        sent.changedRows += (message as EventMessage<'synchronizations:changed'>).payload.put.length
    },
    saveFile: async () => null,
    chooseFile: async () => null,
    confirm: async () => false,
    writeClipboard: () => Promise.resolve(),
    readLog: () => '',
    openExternal: async () => undefined,
    resolveSystemProxy: async () => 'DIRECT',
    notify: nothing,
    setBadge: nothing,
    app: { version: '0', runtime: 'bench', platform: process.platform, systemLanguages: ['en'], isReadOnly: false },
  })
  const serverIds: string[] = []
  for (const [index, address] of baseUrls.entries()) {
    const server = services.registry.prepare({
      name: `Server ${index}`,
      address,
      apiPath: '',
      environment: 'test',
      projectKeys: [],
      caPem: '',
      allowPlainHttp: true,
    })
    await services.credentials.set(server.id, 'admin', 'session')
    services.registry.add(server, { kind: 'basic', user: 'admin', kept: 'session' })
    serverIds.push(server.id)
  }
  return {
    services,
    folder,
    serverIds,
    sent,
    close: async () => {
      await services.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
