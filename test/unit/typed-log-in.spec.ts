import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { Transport } from '../../src-main/http/transport.ts'
import { startMain } from '../support/services.ts'

/** Everything in a folder, as text. */
const written = (folder: string): string =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n')

it.each([
  ['a port', 'https://anna:48151@jira.example'],
  ['a port, and then a query', 'https://anna:48151?Ruby-7@jira.example'],
  ['a port, and then a path', 'https://anna:48151/Ruby-7@jira.example'],
  ['nothing', 'https://anna:Ruby-7@jira.example'],
  ['a scheme', 'anna:Ruby-7@jira.example'],
])(
  'of a password that is typed in front of the host, and looks like %s meanwhile, nothing is sent, stored, logged or told',
  async (_name, text) => {
    const sent: URL[] = []
    const transport: Transport = {
      send: (request) => Promise.reject(new Error(`sent to ${sent.push(request.url)}`)),
      close: () => undefined,
    }
    const main = startMain({ createTransport: () => transport })
    const told: unknown[] = []
    const hear = async (work: Promise<unknown>): Promise<void> =>
      void told.push(await work.catch((error: unknown) => error))

    for (let end = 1; end < text.length; end += 1)
      await main.ask('servers:inspect-address', { address: text.slice(0, end) })
    const input = { address: text, apiPath: '', projectKeys: [], caPem: '', allowPlainHttp: true }
    await hear(main.ask('servers:inspect-address', { address: text, askTrusting: '' }))
    await hear(
      main.ask('servers:test', {
        testId: 't',
        input,
        serverId: null,
        credential: { kind: 'basic', user: 'anna', secret: 'other' },
      }),
    )
    await hear(main.ask('servers:add', { ...input, name: 'Vienna', environment: 'test' }))

    const refused = expect.stringContaining('Leave user name and password out') as unknown
    expect(told).toMatchObject([
      { baseUrl: null, problem: { key: 'errors.address.logIn' } },
      { data: { fields: { address: refused } } },
      { data: { fields: { address: refused } } },
    ])
    expect(sent).toEqual([])
    expect(JSON.stringify([told, main.log, main.events]) + written(main.folder)).not.toMatch(/anna:48151|Ruby-7/)
  },
)
