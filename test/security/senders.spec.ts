import type { BrowserWindow } from 'electron'
import { expect, it, vi } from 'vitest'
import { requestChannels } from '../../src-contract/channels.ts'
import { isAppUrl } from '../../src-main/security/app-protocol.ts'
import type { Handlers } from '../../src-main/ipc/answer-request.ts'

type Handle = (event: object, args: unknown) => Promise<{ ok: boolean; error?: { code: string } }>
const registered = new Map<string, Handle>()
vi.mock('electron', () => ({
  ipcMain: { handle: (channel: string, handler: Handle) => void registered.set(channel, handler) },
}))
const { registerHandlers } = await import('../../src-main/ipc/wire-ipc.ts')

const webContents = {}
const asked: string[] = []
const handlers = Object.fromEntries(
  requestChannels.map((channel) => [channel, () => void asked.push(channel)]),
) as unknown as Handlers
registerHandlers({
  handlers,
  window: () => ({ webContents }) as unknown as BrowserWindow,
  isOwnPage: isAppUrl,
  logger: { write: () => undefined },
})

const ownFrame = { parent: null, url: 'app://syncdeck/index.html' }

it.each([
  ['of another window', { sender: {}, senderFrame: ownFrame }],
  ['of a frame inside the page', { sender: webContents, senderFrame: { ...ownFrame, parent: {} } }],
  ['of a page that is not ours', { sender: webContents, senderFrame: { parent: null, url: 'https://example.com/' } }],
  [
    'of a page that looks like ours',
    { sender: webContents, senderFrame: { parent: null, url: 'app://syncdeck.evil/index.html' } },
  ],
  ['of a frame that is gone', { sender: webContents, senderFrame: null }],
])('a sender %s is refused on every channel', async (_name, event) => {
  expect(registered.size).toBe(requestChannels.length)
  for (const [channel, handle] of registered)
    expect(await handle(event, {}), channel).toMatchObject({ ok: false, error: { code: 'ipc.untrusted-sender' } })
  expect(asked).toEqual([])
})

it('our own page is answered', async () => {
  await registered.get('settings:get')?.({ sender: webContents, senderFrame: ownFrame }, {})
  expect(asked).toEqual(['settings:get'])
})
