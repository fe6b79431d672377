import { createSocket } from 'node:dgram'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join, resolve } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { CONTENT_SECURITY_POLICY } from '../../src-main/security/app-protocol.ts'
import { SWITCHES } from '../../src-main/security/harden.ts'
import { runHostApp, showHostApp } from '../support/host-app.ts'
import { scratchFolder } from '../support/scratch.ts'
import { until } from '../../tools/until.ts'

const WAYS = [
  'stun',
  'turn',
  'turn-tcp',
  'preconnect',
  'dns-prefetch',
  'prefetch',
  'prerender',
  'modulepreload',
  'rules-prefetch',
  'rules-prerender',
] as const

/** Somebody outside who notes by which way, and by UDP or TCP, anything reaches them: one port for each way. */
async function startListeners() {
  const heard = new Set<string>()
  const ports: Record<string, number> = {}
  for (const way of WAYS) {
    const tcp = createServer((socket) => {
      heard.add(`${way} by TCP`)
      socket.destroy()
    })
    await new Promise<void>((done) => tcp.listen(0, '127.0.0.7', done))
    const { port } = tcp.address() as AddressInfo
    const udp = createSocket('udp4').on('message', () => heard.add(`${way} by UDP`))
    await new Promise<void>((done) => udp.bind(port, '127.0.0.7', done))
    onTestFinished(() => {
      tcp.close()
      udp.close()
    })
    ports[way] = port
  }
  return { ports, heard: () => [...heard].sort() }
}

/** Tries every way in the page. */
async function knock(ports: Record<string, number>): Promise<void> {
  const address = (way: string): string => `http://127.0.0.7:${ports[way]}/${way}`
  for (const rel of ['preconnect', 'dns-prefetch', 'prefetch', 'prerender', 'modulepreload']) {
    document.head.append(Object.assign(document.createElement('link'), { rel, href: address(rel) }))
  }
  const rule = (way: string) => [{ source: 'list', urls: [address(way)] }]
  const rules = JSON.stringify({ prefetch: rule('rules-prefetch'), prerender: rule('rules-prerender') })
  document.head.append(
    Object.assign(document.createElement('script'), { type: 'speculationrules', textContent: rules }),
  )
  const login = { username: 'secret', credential: 'secret' }
  const connection = new RTCPeerConnection({
    iceServers: [
      { urls: `stun:127.0.0.7:${ports.stun}` },
      { urls: `turn:127.0.0.7:${ports.turn}`, ...login },
      { urls: `turn:127.0.0.7:${ports['turn-tcp']}?transport=tcp`, ...login },
    ],
  })
  connection.createDataChannel('x')
  await connection.setLocalDescription(await connection.createOffer())
}

interface Measures {
  readonly isCutOff: boolean
  readonly hasOwnWindow: boolean
  readonly policy: string
}

/**
 * An application that takes some of Syncdeck's own measures, by its own functions; `switches` are handed to Chromium.
 */
async function showMeasured(
  { isCutOff, hasOwnWindow, policy }: Measures,
  switches: readonly (readonly [name: string, value: string])[] = [],
) {
  const source = (path: string): string => JSON.stringify(resolve(import.meta.dirname, '../../src-main', path))
  return showHostApp({
    main: `
import { app, BrowserWindow, protocol, session } from 'electron'
import { readFileSync } from 'node:fs'
import { createWindow } from ${source('app/window.ts')}
import { cutOff } from ${source('security/harden.ts')}
for (const [name, value] of ${JSON.stringify(switches)}) app.commandLine.appendSwitch(name, value)
protocol.registerSchemesAsPrivileged([{ scheme: 'app', privileges: { standard: true, secure: true } }])
const at = (name) => new URL(name, import.meta.url)
app.on('window-all-closed', () => app.quit())
app.whenReady().then(async () => {
  protocol.handle('app', () => new Response(readFileSync(at('index.html')), { headers: { 'content-type': 'text/html', 'content-security-policy': ${JSON.stringify(policy)} } }))
  ${isCutOff ? 'await cutOff(session.defaultSession, undefined)' : ''}
  const preload = at('preload.cjs').pathname
  const window = ${hasOwnWindow ? 'createWindow({ preload, isDevToolsAllowed: true })' : 'new BrowserWindow({ webPreferences: { preload, sandbox: true, contextIsolation: true, nodeIntegration: false } })'}
  await window.loadURL('app://test/index.html')
})`,
  })
}

/** What the page of such an application reports. */
async function listenTo(measures: Measures) {
  const { ports, heard } = await startListeners()
  const { page } = await showMeasured(measures)
  await page.evaluate(knock, ports)
  return heard
}

it('nothing leaves the page: not by WebRTC, nor by hints to connect, to fetch or to render ahead', async () => {
  const heardOfPage = await listenTo({ isCutOff: true, hasOwnWindow: true, policy: CONTENT_SECURITY_POLICY })
  // One that takes no measure knocks later: when all that it sends has come, anything of the first would have come too.
  const heardOfOpenPage = await listenTo({ isCutOff: false, hasOwnWindow: false, policy: '' })
  const expected = ['preconnect by TCP', 'rules-prefetch by TCP', 'stun by UDP', 'turn by UDP', 'turn-tcp by TCP']
  await until('the open page is heard by every way', () => expected.every((way) => heardOfOpenPage().includes(way)))
  expect(heardOfPage()).toEqual([])
})

it.each([
  [
    'without the dead proxy, TCP leaves',
    { isCutOff: false, hasOwnWindow: true },
    ['preconnect by TCP', 'turn-tcp by TCP'],
  ],
  [
    'without the window’s WebRTC policy, UDP leaves',
    { isCutOff: true, hasOwnWindow: false },
    ['stun by UDP', 'turn by UDP'],
  ],
])('the page’s policy is not enough: %s', async (_name, measures, expected) => {
  const heard = await listenTo({ ...measures, policy: CONTENT_SECURITY_POLICY })
  await until('it is heard', () => heard().length >= expected.length)
  expect(heard()).toEqual(expected)
})

/**
 * What Chromium's network log says of an application, cut off as Syncdeck is, whose page asks a STUN and a TURN server
 * for candidates.
 */
async function netLogOf(switches: readonly (readonly [string, string])[]): Promise<string> {
  const log = join(scratchFolder(), 'net.json')
  const launched = await showMeasured({ isCutOff: true, hasOwnWindow: true, policy: CONTENT_SECURITY_POLICY }, [
    ...switches,
    ['log-net-log', log],
  ])
  await launched.page.evaluate(async () => {
    const login = { username: 'secret', credential: 'secret' }
    const connection = new RTCPeerConnection({
      iceServers: [{ urls: 'stun:stun.canary.example' }, { urls: 'turn:turn.canary.example?transport=tcp', ...login }],
    })
    const isOver = new Promise<void>(
      (done) => (connection.onicegatheringstatechange = () => connection.iceGatheringState === 'complete' && done()),
    )
    connection.createDataChannel('x')
    await connection.setLocalDescription(await connection.createOffer())
    await isOver
  })
  await launched.quit()
  return readFileSync(log, 'utf8')
}

it('no name of a STUN or TURN server is looked up', async () => {
  expect(await netLogOf(SWITCHES)).not.toContain('canary')
  expect(await netLogOf([])).toContain('turn.canary.example')
})

it.each([
  [
    'a proxy',
    "session.defaultSession.setProxy({ mode: 'fixed_servers', proxyRules: 'http://127.0.0.1:9' })",
    'session.setProxy()',
  ],
  ['a WebRTC policy', "window.webContents.setWebRTCIPHandlingPolicy('default')", 'setWebRTCIPHandlingPolicy()'],
])('%s that comes after Chromium’s start is refused, not ignored', async (_name, code, what) => {
  const { output } = await runHostApp({
    main: `
import { app, BrowserWindow, session } from 'electron'
app.whenReady().then(async () => {
  const window = new BrowserWindow({ webPreferences: { sandbox: true, contextIsolation: true, nodeIntegration: false } })
  await Promise.resolve()
  try { await ${code} } catch (error) { console.log('refused:', error.message) }
  app.exit(0)
})`,
  })
  expect(output).toContain(`refused: On the Chromium host ${what} must be called before Chromium starts`)
})
