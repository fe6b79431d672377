import type { MessageBoxOptions } from 'electron'
import type { BrowserContext, Page } from 'playwright-core'
import { launchBrowser } from './browser.ts'
import { host } from './host.ts'

/**
 * Message boxes. Each is a browser window of its own, out of reach of the application's page like a native one. A test
 * driver finds it among the browser's pages.
 */
let browser: BrowserContext | null = null
let opening = 0

export function answerQuestionsIn(context: BrowserContext): void {
  browser = context
}

/** Whether a window that has just opened is a message box and not the application's. */
export function isQuestion(page: Page): boolean {
  const isOurs = opening > 0 && page.url() === 'about:blank'
  if (isOurs) opening -= 1
  return isOurs
}

/** Resolves with the index of the button that was pressed; closing the window cancels. */
export async function ask({
  message,
  detail = '',
  title = '',
  buttons = ['OK'],
  defaultId = 0,
  cancelId = 0,
}: MessageBoxOptions): Promise<number> {
  // Before there is a window, the message box has a browser of its own.
  const own = browser === null ? await launchBrowser({ width: 640, height: 480 }) : null
  if (own === null) opening += 1
  const page = own?.pages()[0] ?? (await (own ?? browser)?.newPage())
  if (page === undefined) return cancelId
  try {
    return await new Promise<number>((resolve, reject) => {
      page.once('close', () => resolve(cancelId))
      const show = async (): Promise<void> => {
        await page.exposeFunction('answerQuestion', resolve)
        await page.setContent(`<!doctype html><title>${escape(title)}</title><meta charset="utf-8">
<body style="font: 15px/1.5 system-ui; max-width: 36em; margin: 2em auto">
<h1 style="font-size: 18px" data-test="question">${escape(message)}</h1><p style="white-space: pre-line">${escape(detail)}</p>
${buttons.map((label, index) => `<button ${index === defaultId ? 'autofocus ' : ''}onclick="answerQuestion(${index})">${escape(label)}</button>`).join(' ')}`)
      }
      show().catch(reject)
    })
  } finally {
    await (own ?? page).close().catch(() => undefined)
    // The application's own browser is yet to be started.
    if (own !== null) host.isChromiumStarted = false
  }
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
}
