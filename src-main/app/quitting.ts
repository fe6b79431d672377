import type { App } from 'electron'

/** Logging out of all servers takes at most a second; anything that hangs longer must not keep the profile locked. */
const CLOSED_AT_LATEST_MS = 10_000

/** Delays quitting until `close` has stored and closed everything, for at most ten seconds. */
export function closeBeforeQuit(app: Pick<App, 'on' | 'quit' | 'exit'>, close: () => Promise<void>): void {
  let isClosed = false
  app.on('will-quit', (event) => {
    if (isClosed) return
    event.preventDefault()
    isClosed = true
    const longest = setTimeout(() => app.exit(0), CLOSED_AT_LATEST_MS)
    void close().finally(() => {
      clearTimeout(longest)
      app.quit()
    })
  })
}
