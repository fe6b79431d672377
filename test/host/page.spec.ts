import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runHostApp, showHostApp, windowMain } from '../support/host-app.ts'
import { scratchFolder } from '../support/scratch.ts'
import { until } from '../../tools/until.ts'

const BRIDGE = `
const { contextBridge, ipcRenderer } = require('electron')
const attempt = (name) => { try { require(name); return 'loaded' } catch (error) { return error.message } }
contextBridge.exposeInMainWorld('bridge', {
  invoke: (channel, ...args) => ipcRenderer.invoke(channel, ...args),
  nested: { value: 1 },
  modules: { fs: attempt('fs'), relative: attempt('./other.cjs') },
  subscribe: (callback) => ipcRenderer.on('news', (_event, value) => callback(value)),
})`

const HANDLERS = `
ipcMain.handle('echo', (_event, value) => value)
ipcMain.handle('fail', () => { throw new TypeError('it broke') })
ipcMain.handle('function', () => ({ f: () => 1 }))
ipcMain.handle('date', () => new Date(0))
ipcMain.handle('sender', (event) => event.senderFrame === window.webContents.mainFrame && event.sender === window.webContents ? event.senderFrame.url : 'foreign')
ipcMain.handle('send', () => { window.webContents.send('news', { n: 1 }); return null })`

interface Bridge {
  invoke: (channel: string, ...args: unknown[]) => Promise<unknown>
  nested: { value: number }
  modules: { fs: string; relative: string }
  subscribe: (callback: (value: unknown) => void) => void
}
declare const bridge: Bridge

it('the main process asks the page, whose policy applies to what the asked code does', async () => {
  const { output } = await runHostApp({
    main: `${windowMain('', '', `'content-security-policy': "default-src 'self'"`).slice(0, -2)}
  const ask = (code) => window.webContents.executeJavaScript(code)
  console.log('title:', await ask('document.body.textContent'))
  console.log('evaluated:', await ask("(() => { try { return new Function('return 1')() } catch (error) { return error.name } })()"))
  console.log('thrown:', await ask("Promise.reject(new Error('it broke'))").catch((error) => error.message))
  app.exit(0)
})`,
    page: 'page',
  })
  expect(output).toMatch(/^title: page$/m)
  expect(output).toMatch(/^evaluated: EvalError$/m)
  expect(output).toMatch(/^thrown: .*it broke/m)
})

describe('messages between page and main process', () => {
  const show = () => showHostApp({ main: windowMain(HANDLERS), preload: BRIDGE })

  it('are cloned, as Electron clones them', async () => {
    const { page } = await show()
    const failures = await page.evaluate(async () => {
      const message = (value: unknown) =>
        bridge.invoke('echo', value).then(
          () => 'went through',
          (error: Error) => error.message,
        )
      const original = { a: [1, 'x', null, true] }
      const echoed = await bridge.invoke('echo', original)
      return {
        aFunction: await message(() => 1),
        aReactiveProxy: await message(new Proxy({}, {})),
        isEqual: JSON.stringify(echoed) === JSON.stringify(original),
        isSame: echoed === original,
        answeredFunction: await bridge.invoke('function').catch((error: Error) => error.message),
        answeredDate: await bridge.invoke('date').catch((error: Error) => error.message),
        thrown: await bridge.invoke('fail').catch((error: Error) => error.message),
        unknown: await bridge.invoke('nobody').catch((error: Error) => error.message),
      }
    })
    expect(failures).toEqual({
      aFunction: 'An object could not be cloned.',
      aReactiveProxy: 'An object could not be cloned.',
      isEqual: true,
      isSame: false,
      answeredFunction: "Error invoking remote method 'function': Error: An object could not be cloned.",
      answeredDate:
        "Error invoking remote method 'date': Error: The Chromium host carries JSON-like values only, and value is none",
      thrown: "Error invoking remote method 'fail': TypeError: it broke",
      unknown: "Error invoking remote method 'nobody': Error: No handler registered for 'nobody'",
    })
  })

  it('name the sender’s frame and its address in the application’s own scheme', async () => {
    const { page } = await show()
    expect(await page.evaluate(() => bridge.invoke('sender'))).toBe('app://test/index.html')
  })

  it('reach the page as events', async () => {
    const { page } = await show()
    const received = await page.evaluate(
      () =>
        new Promise((resolve) => {
          bridge.subscribe(resolve)
          void bridge.invoke('send')
        }),
    )
    expect(received).toEqual({ n: 1 })
  })

  it('the preload has Electron’s two modules and nothing of Node; what it exposes is frozen; nothing else is left behind', async () => {
    const { page } = await show()
    const seen = await page.evaluate(() => {
      const attempt = (work: () => void): string => {
        try {
          work()
          return 'went through'
        } catch (error) {
          return (error as Error).constructor.name
        }
      }
      return {
        modules: bridge.modules,
        replace: attempt(() => {
          'use strict'
          Object.assign(window, { bridge: 1 })
        }),
        change: attempt(() => {
          'use strict'
          bridge.nested.value = 2
        }),
        leftovers: Object.keys(window).filter(
          (name) => name.startsWith('host-') || name === 'require' || name === 'process',
        ),
      }
    })
    expect(seen).toEqual({
      modules: { fs: 'module not found: fs', relative: 'module not found: ./other.cjs' },
      replace: 'TypeError',
      change: 'TypeError',
      leftovers: [],
    })
  })
})

it('the page’s policy really holds, and every request for elsewhere is refused and recorded', async () => {
  const { page, output } = await showHostApp({
    main: windowMain('', '', `'content-security-policy': "script-src 'self'; img-src *"`),
    page: '<title>as served</title><script>document.title = "ran"</script><img src="https://example.invalid/x.png">',
  })
  expect(await page.title()).toBe('as served')
  await until('the refusal is recorded', () => output.includes('{"refused":"https://example.invalid/x.png"}'))
  expect(await page.evaluate(() => document.images[0]?.naturalWidth)).toBe(0)
})

it('the application’s own filter is asked for every request, and cancels', async () => {
  const filter =
    "session.defaultSession.webRequest.onBeforeRequest((details, callback) => { console.log('asked for', details.url); callback({ cancel: details.url.endsWith('.png') }) })"
  const { page, output } = await showHostApp({ main: windowMain(filter), page: '<img src="x.png">' })
  await until('the picture is refused', () => output.includes('{"refused":"app://test/x.png"}'))
  expect(output).toContain('asked for app://test/x.png')
  expect(await page.evaluate(() => document.images[0]?.naturalWidth)).toBe(0)
})

it('navigation asks the guards, and stays where it is when they refuse', async () => {
  const guards = `
    for (const name of ['will-navigate', 'will-frame-navigate']) {
      window.webContents.on(name, (details) => { console.log(name, details.url); details.preventDefault() })
    }
    window.webContents.setWindowOpenHandler(({ url }) => { console.log('window-open asked'); return { action: 'deny' } })`
  const { page, output } = await showHostApp({ main: windowMain(guards) })
  await page.evaluate(() => {
    location.href = 'https://example.invalid/away'
  })
  await until('the guard is asked', () => output.includes('will-navigate https://example.invalid/away'))
  expect(output).toContain('will-frame-navigate https://example.invalid/away')
  await page.evaluate(() => void window.open('https://example.invalid/popup'))
  await until('the window guard is asked', () => output.includes('window-open asked'))
  expect(page.url()).toContain('/index.html')
  expect(await page.evaluate(() => document.body.innerText)).toBe('page')
})

it('opens no port unless asked, and loads one page after another', async () => {
  const userData = scratchFolder()
  const again =
    "await window.loadURL('app://test/index.html'); console.log('loaded'); await window.loadURL('app://test/index.html?2'); console.log('loaded again'); app.quit()"
  const { code, output } = await runHostApp(
    { main: windowMain().replace("await window.loadURL('app://test/index.html')", again) },
    userData,
  )
  expect({ code, output }).toEqual({ code: 0, output: 'loaded\nloaded again\n' })
  expect(existsSync(join(userData, 'chromium-host/DevToolsActivePort'))).toBe(false)
})

it.each([
  [
    'before Chromium is there',
    (main: string) => main.replace('await window.loadURL', 'app.quit(); await window.loadURL'),
  ],
  [
    'while the page loads',
    (main: string) =>
      main.replace('() => new Response', '() => { app.quit(); return new Promise(() => {}) }, () => new Response'),
  ],
])('quitting %s breaks the load off, and is no crash', async (_when, change) => {
  const { code, output } = await runHostApp({ main: change(windowMain()) })
  expect({ code, output }).toEqual({
    code: 0,
    output: expect.stringMatching(/^Broken off by quitting: ERR_\w+ loading 'app:\/\/test\/index\.html'\n$/) as string,
  })
})
