import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { getCACertificates } from 'node:tls'
import { app, clipboard, Menu, Notification, powerMonitor, type BrowserWindow, type Session } from 'electron'
import type { Keychain } from '../secrets/keychain.ts'
import { t } from '../text/say.ts'
import { USAGE_EXIT_CODE } from './command-line.ts'
import {
  checkPoints,
  programFacts,
  type CheckedProgram,
  type Finding,
  type OwnFindings,
  type Point,
} from './self-check.ts'
import {
  inPage,
  whatIsAnswered,
  whatIsPermitted,
  whatIsReached,
  whatIsRefused,
  whatIsShown,
  whenEventArrives,
} from './self-check-page.ts'
import { ownCommand, runToEnd } from './self-check-run.ts'
import type { Services } from './services.ts'
import { trayImage } from './tray.ts'

/** The running application, as far as it checks itself. */
export interface Checked {
  readonly window: BrowserWindow
  readonly services: Pick<Services, 'events' | 'storageCare'>
  readonly keychain: Keychain
  /** Knows the system's proxy. */
  readonly proxySession: Pick<Session, 'resolveProxy'>
}

/** The program that is running. */
function ownProgram(): CheckedProgram {
  return { isElectron: process.versions.electron !== undefined, isPackaged: app.isPackaged }
}

/** Checks every point, or only the quiet ones. */
export async function checkItself(checked: Checked, isQuiet: boolean): Promise<OwnFindings> {
  const program = ownProgram()
  const points = pointsOf(checked).filter((point) => !isQuiet || point.isQuiet === true)
  return { program: programFacts(app.getVersion(), program), points: await checkPoints(points, program) }
}

/** A host that no computer has (RFC 2606): for the proxy of addresses in general. */
const NOWHERE = 'https://syncdeck.invalid/'
const NOTIFICATION_LIMIT_MS = 10_000
const SECOND_START_LIMIT_MS = 30_000
/** The entry of the self-check in the keychain. */
const PROBE = 'self-check'

/** Every point that the running application can show, in the order in which they are checked. */
export function pointsOf(checked: Checked): Point[] {
  return [...pagePoints(checked), ...systemPoints(checked), ...dataPoints(checked), ...packagePoints()]
}

function pagePoints({ window, services }: Checked): Point[] {
  const { webContents } = window
  const ask = async <T>(asked: () => T): Promise<Awaited<T>> =>
    (await webContents.executeJavaScript(inPage(asked))) as Awaited<T>
  const shown = async (): Promise<Finding> => {
    const facts = await ask(whatIsShown)
    return { isSound: facts.isDrawn && facts.title !== '', facts: { title: facts.title, isDrawn: facts.isDrawn } }
  }
  return [
    { name: 'page', on: 'anything', isQuiet: true, check: shown },
    {
      name: 'page-address',
      on: 'electron',
      isQuiet: true,
      check: async () => {
        const { address, origin, isSecureContext } = await ask(whatIsShown)
        return { isSound: origin === 'app://syncdeck' && isSecureContext, facts: { address, origin, isSecureContext } }
      },
    },
    {
      name: 'page-policy',
      on: 'anything',
      check: async () => {
        const facts = await ask(whatIsRefused)
        const { evaluated, fetched, opened } = facts
        return { isSound: evaluated === 'EvalError' && fetched === 'refused' && opened === 'refused', facts }
      },
    },
    {
      name: 'page-permissions',
      on: 'electron',
      check: async () => {
        const facts = await ask(whatIsPermitted)
        return { isSound: facts.notifications === 'denied', facts }
      },
    },
    {
      name: 'page-isolation',
      on: 'electron',
      isQuiet: true,
      check: async () => {
        const facts = await ask(whatIsReached)
        return { isSound: facts.reached.length === 0 && facts.isBridgeFrozen, facts }
      },
    },
    {
      name: 'bridge',
      on: 'anything',
      check: async () => {
        const answers = await ask(whatIsAnswered)
        const arriving = ask(whenEventArrives)
        // The page is asked in order: once this is answered, it has subscribed.
        await ask(whatIsShown)
        services.events.emit('window:navigate', { ref: null, view: 'synchronizations', jobId: null })
        const { asked, nothing, wrong, large } = answers
        const isSound = asked === 'answered' && [nothing, wrong, large].every((code) => code === 'ipc.invalid-args')
        return { isSound, facts: { ...answers, event: await arriving } }
      },
    },
    {
      name: 'page-recovery',
      on: 'electron',
      check: async () => {
        const loaded = once(webContents, 'did-finish-load')
        webContents.forcefullyCrashRenderer()
        await loaded
        return shown()
      },
    },
    {
      name: 'sandbox',
      on: 'electron',
      isQuiet: true,
      check: () => {
        // Linux does not say it (Electron, `ProcessMetric.sandboxed`).
        if (process.platform === 'linux') return null
        const pid = webContents.getOSProcessId()
        const isSandboxed = app.getAppMetrics().find((metric) => metric.pid === pid)?.sandboxed
        return { isSound: isSandboxed === true, facts: { isSandboxed } }
      },
    },
  ]
}

function systemPoints({ keychain, proxySession }: Checked): Point[] {
  return [
    { name: 'keychain', on: 'anything', check: () => checkKeychain(keychain) },
    {
      name: 'authorities',
      on: 'anything',
      isQuiet: true,
      check: () => {
        const begunAt = performance.now()
        const system = new Set(getCACertificates('system')).size
        const blockedMs = Math.round(performance.now() - begunAt)
        const bundled = getCACertificates('bundled').length
        return { isSound: bundled > 0, facts: { bundled, system, blockedMs } }
      },
    },
    {
      name: 'proxy',
      on: 'electron',
      isQuiet: true,
      check: async () => {
        const answer = await proxySession.resolveProxy(NOWHERE)
        // The kinds alone: the address belongs to somebody.
        const kinds = answer.split(';').map((part) => part.trim().split(' ')[0] ?? '')
        return { isSound: kinds.every((kind) => /^(DIRECT|PROXY|HTTPS|SOCKS[45]?)$/.test(kind)), facts: { kinds } }
      },
    },
    {
      name: 'tray',
      on: 'electron',
      isQuiet: true,
      check: () => {
        const image = trayImage()
        return { isSound: !image.isEmpty(), facts: { ...image.getSize(), isTemplate: image.isTemplateImage() } }
      },
    },
    {
      name: 'graphics',
      on: 'electron',
      isQuiet: true,
      check: () => ({ isSound: true, facts: { ...app.getGPUFeatureStatus() } }),
    },
    { name: 'notification', on: 'electron', check: checkNotification },
    { name: 'clipboard', on: 'electron', check: checkClipboard },
    {
      name: 'menu',
      on: 'electron',
      isQuiet: true,
      check: () => {
        const items = Menu.getApplicationMenu()?.items ?? []
        const roles = items.flatMap(({ submenu }) => submenu?.items.flatMap(({ role }) => role ?? []) ?? [])
        return {
          isSound: (['quit', 'close', 'paste'] as const).every((role) => roles.includes(role)),
          facts: { roles },
        }
      },
    },
    {
      name: 'power',
      on: 'electron',
      isQuiet: true,
      check: () => ({
        isSound: true,
        facts: { idle: powerMonitor.getSystemIdleState(60), isOnBattery: powerMonitor.isOnBatteryPower() },
      }),
    },
  ]
}

function dataPoints({ services: { storageCare } }: Checked): Point[] {
  return [
    {
      name: 'databases',
      on: 'anything',
      check: async () => {
        const problem = storageCare.check()
        const { folder } = storageCare.info()
        await storageCare.backup()
        const hasLog = existsSync(join(folder, 'state.db-wal'))
        const copies = storageCare.info().backups.length
        return {
          isSound: problem === null && hasLog && copies > 0,
          facts: { isIntact: problem === null, hasLog, copies },
        }
      },
    },
    { name: 'second-start', on: 'anything', check: () => checkSecondStart() },
  ]
}

function packagePoints(): Point[] {
  return [
    {
      name: 'debugging',
      on: 'package',
      check: async () => {
        const { program, args } = ownCommand(process)
        const { code } = await runToEnd(
          { program, args: [...args, '--remote-debugging-port=0'] },
          { limitMs: SECOND_START_LIMIT_MS },
        )
        return { isSound: code === USAGE_EXIT_CODE, facts: { code } }
      },
    },
    {
      name: 'archive',
      on: 'package',
      isQuiet: true,
      check: () => {
        const isInArchive = app.getAppPath().endsWith('app.asar')
        return { isSound: isInArchive, facts: { isInArchive } }
      },
    },
    {
      // With these fuses on, it would be Node that starts, and it knows none of our switches.
      name: 'fuses',
      on: 'package',
      check: () => checkSecondStart({ ELECTRON_RUN_AS_NODE: '1', NODE_OPTIONS: '--require=/nonexistent/module' }),
    },
  ]
}

async function checkKeychain(keychain: Keychain): Promise<Finding> {
  const secret = crypto.randomUUID()
  await keychain.set(PROBE, secret)
  const isKept = (await keychain.get(PROBE)) === secret
  await keychain.delete(PROBE)
  const isDeleted = (await keychain.get(PROBE)) === null
  return { isSound: isKept && isDeleted, facts: { isKept, isDeleted } }
}

async function checkNotification(): Promise<Finding | null> {
  if (!Notification.isSupported()) return null
  const notification = new Notification({ title: t('app.name'), silent: true })
  const outcome = await new Promise<string>((resolve) => {
    const timer = setTimeout(() => resolve('no answer'), NOTIFICATION_LIMIT_MS)
    const end = (how: string): void => {
      clearTimeout(timer)
      resolve(how)
    }
    notification.once('show', () => end('shown'))
    notification.once('failed', (_event, error) => end(error))
    notification.show()
  })
  notification.close()
  return { isSound: outcome === 'shown', facts: { outcome } }
}

/** Only where nothing but text is in the clipboard, because nothing else could be put back as it was. */
async function checkClipboard(): Promise<Finding | null> {
  const items = await clipboard.read()
  if (items.some(({ types }) => types.some((type) => type !== 'text/plain'))) return null
  const before = await clipboard.readText()
  await clipboard.writeText(PROBE)
  const isKept = (await clipboard.readText()) === PROBE
  if (before === '') clipboard.clear()
  else await clipboard.writeText(before)
  return { isSound: isKept, facts: { isKept } }
}

/** A second start with this profile: it ends by itself, and this one hears of it. */
async function checkSecondStart(env: Readonly<Record<string, string>> = {}): Promise<Finding> {
  const heard = new Promise<boolean>((resolve) => app.once('second-instance', () => resolve(true)))
  const { program, args } = ownCommand(process)
  const { code, output } = await runToEnd(
    { program, args: [...args, `--user-data-dir=${app.getPath('userData')}`] },
    { env, limitMs: SECOND_START_LIMIT_MS },
  )
  const isHeard = code === 0 && (await heard)
  return { isSound: isHeard, facts: { code, isHeard, ...(!isHeard && { output }) } }
}
