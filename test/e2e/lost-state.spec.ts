import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { expect, it, onTestFinished } from 'vitest'
import { openStateDatabase } from '../../src-main/storage/open-database.ts'
import { ServerTable } from '../../src-main/storage/server-table.ts'
import { NO_KEYRING } from '../../tools/keyring/keyring.ts'
import { electronExecutable, launchSyncdeck } from '../../tools/launch/launch-syncdeck.ts'
import { SyncdeckPage } from '../../tools/launch/syncdeck-page.ts'
import { until } from '../../tools/until.ts'
import { scratchFolder } from '../support/scratch.ts'
import { storedServer } from '../support/stored-server.ts'

const DAMAGED = 'no database'.repeat(1000)
const COPY = 'state.backup-1772460000000.db'

/** A profile whose `state.db` is damaged, and that has a copy of it with one server, or none. */
function damagedProfile(hasCopy: boolean): string {
  const [folder, whole] = [scratchFolder(), join(scratchFolder(), 'state.db')]
  const database = openStateDatabase(whole, 1)
  new ServerTable(database).put(storedServer('Vienna', { credential: null }))
  database.close()
  if (hasCopy) copyFileSync(whole, join(folder, COPY))
  writeFileSync(join(folder, 'state.db'), DAMAGED)
  return folder
}

const setAside = (folder: string): string[] =>
  readdirSync(folder).filter((name) => name.startsWith('state.db.set-aside-'))

/** Starts the application, which asks before it has a window. */
async function start(folder: string) {
  const app = await launchSyncdeck({ userData: folder, env: NO_KEYRING })
  onTestFinished(() => app.kill().catch(() => undefined))
  const answer = async (button: string): Promise<void> => {
    const closed = app.page.waitForEvent('close')
    // The click closes the window in which it is made, so that Playwright may not learn how it ended.
    await app.page
      .getByRole('button', { name: button })
      .click()
      .catch(() => undefined)
    await closed
  }
  /** The window that opens once the question is answered, in its own browser. */
  const window = async (): Promise<SyncdeckPage> => {
    const endpoints = () => app.output.flatMap((line) => /^\{"driver":"([^"]+)"\}$/.exec(line)?.[1] ?? [])
    await until('the application has its window', () => endpoints().length === 2)
    const browser = await chromium.connectOverCDP(endpoints()[1] ?? '')
    onTestFinished(() => browser.close().catch(() => undefined))
    const page = browser.contexts()[0]?.pages()[0]
    if (page === undefined) throw new Error('The application showed no window')
    return new SyncdeckPage(page)
  }
  return { app, answer, window }
}

// A message box of the operating system's cannot be driven from outside.
it.skipIf(electronExecutable() !== null)(
  'a damaged state.db is asked about before anything is touched, and the copy is used where the user says so',
  async () => {
    const folder = damagedProfile(true)
    const { app, answer, window } = await start(folder)
    await app.page.getByText('is damaged').waitFor()
    await app.page.getByText(COPY).waitFor()
    expect(setAside(folder)).toEqual([])
    await answer('Use the copy')
    await (await window()).server('Vienna').waitFor()
    expect(setAside(folder).map((name) => readFileSync(join(folder, name), 'utf8'))).toEqual([DAMAGED])
    expect(existsSync(join(folder, COPY))).toBe(true)
  },
)

it.skipIf(electronExecutable() !== null)('or it begins empty, and damaged file and copy are kept', async () => {
  const folder = damagedProfile(true)
  const { answer, window } = await start(folder)
  await answer('Start empty')
  await (await window()).at('first-add').waitFor()
  expect(setAside(folder).map((name) => readFileSync(join(folder, name), 'utf8'))).toEqual([DAMAGED])
  expect(readdirSync(folder).filter((name) => name.startsWith(`${COPY}.set-aside-`))).toHaveLength(1)
})

it.skipIf(electronExecutable() !== null)(
  'without a copy none is offered; whoever quits finds everything as it was, and is asked again',
  async () => {
    const folder = damagedProfile(false)
    const { app, answer } = await start(folder)
    await app.page.getByRole('button', { name: 'Quit' }).waitFor()
    expect(await app.page.getByRole('button').allInnerTexts()).toEqual(['Start empty', 'Quit'])
    await answer('Quit')
    await app.quit()
    expect(readFileSync(join(folder, 'state.db'), 'utf8')).toBe(DAMAGED)
    expect(setAside(folder)).toEqual([])
    const again = await start(folder)
    await again.app.page.getByText('is damaged').waitFor()
  },
)
