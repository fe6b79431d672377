import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { until } from '../../tools/until.ts'
import { runHostApp, windowMain } from '../support/host-app.ts'
import { scratchFolder } from '../support/scratch.ts'

/** Runs `code` in a main module, which exits itself, and returns what it wrote. */
const run = (code: string, imports = 'app, BrowserWindow, ipcMain, Menu, nativeTheme, protocol, session, shell') =>
  runHostApp({ main: `import { ${imports} } from 'electron'\nimport { once } from 'node:events'\n${code}` })

const attempt = (code: string): string =>
  `try { ${code}; console.log('went through') } catch (error) { console.log('refused:', error.message) }\napp.exit(0)`

describe('the host is strict where Electron is', () => {
  it.each([
    ['app.setUserTasks([])', 'app.setUserTasks'],
    ["app.getPath('downloads')", "app.getPath('downloads')"],
    ['shell.beep()', 'shell.beep'],
    ['nativeTheme.inForcedColorsMode', 'nativeTheme.inForcedColorsMode'],
    ["nativeTheme.on('updated', () => {})", 'nativeTheme.on'],
    ['Menu.getApplicationMenu()', 'Menu.getApplicationMenu'],
  ])('%s, which it lacks, throws by name', async (code, name) => {
    const { output } = await run(attempt(code))
    expect(output).toContain('refused: The Chromium host does not implement Electron’s ')
    expect(output).toContain(name)
  })

  it('an export that it lacks fails by name when it is imported', async () => {
    const { code, output } = await run('', 'TouchBar')
    expect(code).not.toBe(0)
    expect(output).toContain("does not provide an export named 'TouchBar'")
  })

  it('a scheme can be made privileged before ready only', async () => {
    const register = "protocol.registerSchemesAsPrivileged([{ scheme: 'app' }])"
    expect((await run(attempt(register))).output).toContain('went through')
    const late = await run(`app.whenReady().then(() => { ${attempt(register)} })`)
    expect(late.output).toContain(
      'refused: protocol.registerSchemesAsPrivileged() can only be called before app is ready',
    )
  })

  it.each([
    ['a window', 'new BrowserWindow({})', 'Cannot create BrowserWindow before app is ready'],
    [
      'a protocol handler',
      "protocol.handle('app', () => new Response())",
      'protocol.handle() can only be called after app is ready',
    ],
    ['the session', 'session.defaultSession', 'Session can only be received when app is ready'],
  ])('%s before ready throws', async (_name, code, words) => {
    expect((await run(attempt(code))).output).toContain(`refused: ${words}`)
  })

  it('is ready only after the main module has been evaluated', async () => {
    const { output } = await run(`
      app.whenReady().then(() => { console.log('ready'); app.exit(0) })
      await new Promise((resolve) => setImmediate(resolve))
      console.log('evaluated')`)
    expect(output.indexOf('evaluated')).toBeLessThan(output.indexOf('ready'))
  })

  it('a channel takes one handler', async () => {
    const { output } = await run(attempt("ipcMain.handle('a:b', () => 1); ipcMain.handle('a:b', () => 2)"))
    expect(output).toContain("refused: Attempted to register a second handler for 'a:b'")
  })

  it.each([
    ['sandbox: false', 'webPreferences.sandbox must be true'],
    ['contextIsolation: false', 'webPreferences.contextIsolation must be true'],
    ['nodeIntegration: true', 'webPreferences.nodeIntegration must be false'],
    ['webSecurity: false', 'does not implement webPreferences.webSecurity'],
  ])('a window with %s is an error', async (preference, words) => {
    const { code, output } = await runHostApp({ main: windowMain('', preference) })
    expect(code).not.toBe(0)
    expect(output).toContain(words)
  })
})

it('a second instance of a profile learns that it is second, and the first is notified', async () => {
  const userData = scratchFolder()
  const first = runHostApp(
    {
      main: "import { app } from 'electron'\nconsole.log('first:', app.requestSingleInstanceLock())\napp.on('second-instance', () => { console.log('heard'); app.exit(0) })\nsetInterval(() => {}, 1000)",
    },
    userData,
  )
  await until('the first holds the lock', () => existsSync(join(userData, 'chromium-host.lock')))
  const second = await runHostApp(
    { main: "import { app } from 'electron'\nconsole.log('second:', app.requestSingleInstanceLock())\napp.exit(0)" },
    userData,
  )
  expect(second.output).toBe('second: false\n')
  expect((await first).output).toContain('heard')
})

it('quitting can be delayed until everything is closed', async () => {
  const { code, output } = await run(`
    let isClosed = false
    app.on('will-quit', (event) => {
      if (isClosed) { console.log('second'); return }
      event.preventDefault()
      isClosed = true
      console.log('first')
      setTimeout(() => app.quit(), 10)
    })
    app.whenReady().then(() => app.quit())`)
  expect({ code, output }).toEqual({ code: 0, output: 'first\nsecond\n' })
})
