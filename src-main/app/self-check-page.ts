/**
 * What is asked inside the page. Each function runs there as text, in the page's own world: it may use nothing from
 * outside itself.
 */
interface Page {
  readonly location: { readonly href: string; readonly origin: string }
  readonly document: { readonly title: string; querySelector(selector: string): { childElementCount: number } | null }
  readonly isSecureContext: boolean
  readonly open: (address: string) => unknown
  readonly Notification: { requestPermission(): Promise<string> }
  readonly syncdeck: {
    readonly request: Readonly<Record<string, (args: unknown) => Promise<{ ok: boolean; error?: { code: string } }>>>
    readonly subscribe: (callback: (message: unknown) => void) => () => void
  }
}

/** Text that runs a function in the page, and gives what it returns. */
export const inPage = (asked: () => unknown): string => `(${asked.toString()})()`

/** Which page it is, and whether the application has drawn itself into it. */
export function whatIsShown() {
  const page = globalThis as unknown as Page
  return {
    address: page.location.href,
    origin: page.location.origin,
    isSecureContext: page.isSecureContext,
    title: page.document.title,
    isDrawn: (page.document.querySelector('#app')?.childElementCount ?? 0) > 0,
  }
}

/** What the page's policy and the window refuse. */
export async function whatIsRefused() {
  const page = globalThis as unknown as Page
  let evaluated: string
  try {
    evaluated = typeof new Function('return 1')
  } catch (fault) {
    evaluated = (fault as Error).name
  }
  const fetched = await fetch('https://example.invalid/').then(
    () => 'loaded',
    () => 'refused',
  )
  return { evaluated, fetched, opened: page.open('https://example.invalid/') === null ? 'refused' : 'opened' }
}

/** What the page is permitted when it asks. */
export async function whatIsPermitted() {
  return { notifications: await (globalThis as unknown as Page).Notification.requestPermission() }
}

/** What the page has of Node and of the preload, beside the bridge. */
export function whatIsReached() {
  const bridge: unknown = (globalThis as unknown as Page).syncdeck
  return {
    reached: ['require', 'process', 'module', 'Buffer', 'ipcRenderer', 'electron'].filter((name) => name in globalThis),
    isBridgeFrozen: Object.isFrozen(bridge),
  }
}

/**
 * A request that is answered; and three that are refused: without arguments, with a wrong one, and with one of five
 * megabytes, which is too long.
 */
export async function whatIsAnswered() {
  const { request } = (globalThis as unknown as Page).syncdeck
  const answer = async (channel: string, args: unknown): Promise<string> => {
    const { ok, error } = (await request[channel]?.(args)) ?? { ok: false }
    return ok ? 'answered' : (error?.code ?? 'no answer')
  }
  return {
    asked: await answer('app:info', {}),
    nothing: await answer('app:info', undefined),
    wrong: await answer('clipboard:write', { text: 7 }),
    large: await answer('clipboard:write', { text: 'x'.repeat(5_000_001) }),
  }
}

/** Resolves once an event has arrived in the page. */
export function whenEventArrives() {
  return new Promise<string>((resolve) => {
    const stop = (globalThis as unknown as Page).syncdeck.subscribe(() => {
      stop()
      resolve('arrived')
    })
  })
}
