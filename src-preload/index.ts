import { contextBridge, ipcRenderer } from 'electron'
import type { Bridge } from '#contract/bridge.ts'
import { EVENT_CHANNEL, requestChannels } from '#contract/channels.ts'

/** One named function per channel of the contract, and nothing that takes a channel's name from the page. */
const request = Object.fromEntries(
  requestChannels.map((channel) => [channel, (args: unknown) => ipcRenderer.invoke(channel, args)]),
) as Bridge['request']

const bridge: Bridge = {
  request,
  subscribe: (callback) => {
    const listener = (_event: unknown, message: unknown): void => callback(message)
    ipcRenderer.on(EVENT_CHANNEL, listener)
    return () => {
      ipcRenderer.off(EVENT_CHANNEL, listener)
    }
  },
}

contextBridge.exposeInMainWorld('syncdeck', bridge)
