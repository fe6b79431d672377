import { ipcMain, type BrowserWindow, type IpcMainInvokeEvent } from 'electron'
import { message } from '#contract/messages/message.ts'
import { EVENT_CHANNEL, requestChannels } from '#contract/channels.ts'
import type { EventMessage } from '#contract/contract.ts'
import type { Answer } from '#contract/errors.ts'
import type { Logger } from '../logging/logger.ts'
import { answerRequest, type Handlers } from './answer-request.ts'

/** The only place that registers handlers with Electron: every channel, each behind the sender check. */
export function registerHandlers(options: {
  handlers: Handlers
  window: () => BrowserWindow | null
  isOwnPage: (url: string) => boolean
  logger: Logger
}): void {
  const { handlers, window, isOwnPage, logger } = options
  for (const channel of requestChannels) {
    ipcMain.handle(channel, (event: IpcMainInvokeEvent, args: unknown): Promise<Answer<unknown>> => {
      if (!isTrusted(event, window(), isOwnPage)) {
        logger.write('warn', 'request of an unknown sender refused', { channel })
        return Promise.resolve({
          ok: false,
          error: { code: 'ipc.untrusted-sender', message: message('errors.untrustedSender') },
        })
      }
      return answerRequest(channel, args, handlers[channel], logger)
    })
  }
}

/** Sends an event to the window, if there is one to receive it. */
export function sendEvent(window: BrowserWindow | null, message: EventMessage): void {
  if (window !== null && !window.isDestroyed()) window.webContents.send(EVENT_CHANNEL, message)
}

/** The main frame of our own window showing our own page; see item 17 of Electron's security checklist. */
function isTrusted(
  event: IpcMainInvokeEvent,
  window: BrowserWindow | null,
  isOwnPage: (url: string) => boolean,
): boolean {
  const { senderFrame } = event
  return (
    window !== null &&
    senderFrame !== null &&
    event.sender === window.webContents &&
    senderFrame.parent === null &&
    isOwnPage(senderFrame.url)
  )
}
