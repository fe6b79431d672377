import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import type { SynchronizationRow } from '../../src-contract/synchronizations.ts'
import { say } from '../../src-main/text/say.ts'
import { launchOnHost, type LaunchedApp } from '../launch/launch-syncdeck.ts'
import { figureOf, growthExponent, percentile, type Figure } from './figure.ts'
import { openMain } from './main-process.ts'
import { BenchServers } from './servers.ts'
import type { Scale } from './scale.ts'

const ROOT = join(import.meta.dirname, '../..')
const EMPTY_APP = join(import.meta.dirname, 'empty-app')
const WINDOW = { width: 1280, height: 800 }

/** A profile with this many synchronizations in its cache, as an earlier session leaves it. */
async function profileWith(rows: number): Promise<string> {
  const count = 4
  const servers = await BenchServers.start({ count, synchronizations: rows / count, embedsStatus: true })
  const main = await openMain(servers.baseUrls)
  const folder = mkdtempSync(join(tmpdir(), 'syncdeck-bench-profile-'))
  await Promise.all(main.serverIds.map((id) => main.services.reader.refresh(id)))
  await main.services.close()
  servers.stop()
  cpSync(main.folder, folder, { recursive: true })
  rmSync(main.folder, { recursive: true })
  return folder
}

/** Launches an application and resolves once `selector` is on screen. */
async function launch(app: string, userData: string, selector: string): Promise<{ app: LaunchedApp; ms: number }> {
  const begin = performance.now()
  // Without a bus there is no keychain to wait for; the bench enters no password.
  const launched = await launchOnHost(app, { userData, env: { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent' } })
  // It starts with the overview; the rows are what is measured.
  if (app === ROOT) await launched.page.locator('[data-test=nav-synchronizations]').click({ timeout: 60_000 })
  await launched.page.locator(selector).first().waitFor({ timeout: 60_000 })
  return { app: launched, ms: performance.now() - begin }
}

async function startMs(app: string, profile: string, selector: string): Promise<number> {
  const { app: launched, ms } = await launch(app, profile, selector)
  await launched.quit()
  return ms
}

/** From launch to rows on screen, against an empty page on the same host, and how that grows. */
export async function benchStart({ start: { rows, warmUps }, growth: { sizes }, rounds }: Scale): Promise<Figure[]> {
  const profiles = new Map<number, string>()
  for (const size of new Set([rows, ...sizes])) profiles.set(size, await profileWith(size))
  const empty = mkdtempSync(join(tmpdir(), 'syncdeck-bench-empty-'))
  try {
    // Whatever Chromium sets up in a profile is set up before anything is measured.
    for (let start = 0; start < warmUps; start += 1) {
      await startMs(EMPTY_APP, empty, '[data-test=rows]')
      for (const profile of profiles.values()) await startMs(ROOT, profile, '.row[data-health]')
    }
    const measured = []
    const growth = []
    for (let round = 0; round < rounds; round += 1) {
      const emptyMs = await startMs(EMPTY_APP, empty, '[data-test=rows]')
      const bySize = new Map<number, number>()
      for (const [size, profile] of profiles) bySize.set(size, await startMs(ROOT, profile, '.row[data-health]'))
      const ms = bySize.get(rows) ?? Number.NaN
      measured.push({ value: ms / emptyMs, absolute: { ms, emptyMs } })
      growth.push({
        value: growthExponent(sizes.map((size) => ({ size, cost: bySize.get(size) ?? Number.NaN }))),
        absolute: Object.fromEntries(sizes.map((size) => [`msAt${size}`, bySize.get(size) ?? Number.NaN])),
      })
    }
    return [
      figureOf(
        {
          key: 'start.ratioToEmpty',
          work: `launch to rows on screen with ${rows.toLocaleString('en')} cached synchronizations, ÷ an empty page`,
          unit: '×',
          reach: { most: 1.5 },
        },
        measured,
      ),
      figureOf(
        {
          key: 'growth.start',
          work: `exponent of that over ${sizes.join(', ')} synchronizations`,
          unit: '',
          reach: { most: 1.1 },
        },
        growth,
      ),
    ]
  } finally {
    for (const folder of [empty, ...profiles.values()]) rmSync(folder, { recursive: true, force: true })
  }
}

/** Milliseconds from each keystroke to the paint after it. `texts` are typed one after the other. */
function typeAndPaint(page: Page, texts: readonly string[]): Promise<number[]> {
  return page.evaluate(async (all) => {
    const input = document.querySelector<HTMLInputElement>('[data-test=filter] input, input[data-test=filter]')
    if (input === null) throw new Error('There is no filter')
    const setValue = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set
    // A message is handled after the frame that was asked for has been painted.
    const painted = (): Promise<void> =>
      new Promise((resolve) => {
        requestAnimationFrame(() => {
          const { port1, port2 } = new MessageChannel()
          port1.onmessage = () => resolve()
          port2.postMessage(null)
        })
      })
    const times: number[] = []
    for (const text of all) {
      await painted()
      const begin = performance.now()
      setValue?.call(input, text)
      input.dispatchEvent(new Event('input', { bubbles: true }))
      await painted()
      times.push(performance.now() - begin)
    }
    return times
  }, texts)
}

/**
 * Gives the empty page a list of the same texts, which it filters and shows the first thirty of, with nothing between.
 */
async function makeBarePage(page: Page, texts: readonly string[]): Promise<void> {
  await page.evaluate((all) => {
    const rows = document.querySelector('[data-test=rows]')
    const input = document.querySelector<HTMLInputElement>('[data-test=filter]')
    if (rows === null || input === null) throw new Error('This is not the empty page')
    input.addEventListener('input', () => {
      const word = input.value.toLowerCase()
      const found = all.filter((text) => text.includes(word)).slice(0, 30)
      rows.replaceChildren(...found.map((text) => Object.assign(document.createElement('p'), { textContent: text })))
    })
  }, texts)
}

function words(count: number): string[] {
  const all = [
    'p',
    'pa',
    'pay',
    'payr',
    'payroll',
    'payrol',
    'w',
    'we',
    'web',
    'web s',
    'int-1',
    'int-12',
    's',
    'se',
    'serv',
    'service',
    'b',
    'bi',
    'bill',
    '',
  ]
  return Array.from({ length: count }, (_, index) => all[index % all.length] ?? '')
}

const rowsOf = (page: Page): Promise<SynchronizationRow[]> =>
  page.evaluate(async () => {
    const { syncdeck } = window as unknown as {
      syncdeck: { request: Record<string, (args: object) => Promise<{ value: { rows: string } }>> }
    }
    return JSON.parse(
      (await syncdeck.request['synchronizations:list']?.({}))?.value.rows ?? '[]',
    ) as SynchronizationRow[]
  })

const searchable = ({ key, summary, first, second, state }: SynchronizationRow): string =>
  [key, summary, first?.projectKey, second?.projectKey, say(state)].join(' ').toLowerCase()

/** Filtering and scrolling a long table, and what the page keeps in memory while rows change. */
export async function benchTable({ table, memory, growth: { sizes }, rounds }: Scale): Promise<Figure[]> {
  const empty = mkdtempSync(join(tmpdir(), 'syncdeck-bench-empty-'))
  const filterAt = new Map<number, number[]>()
  const figures: Figure[] = []
  try {
    for (const size of [...new Set([...sizes, table.rows])]) {
      const profile = await profileWith(size)
      const { app } = await launch(ROOT, profile, '.row[data-health]')
      await app.page.setViewportSize(WINDOW)
      const typed = words(table.keystrokes)
      await typeAndPaint(app.page, typed)
      const medians: number[] = []
      const p95s: number[] = []
      for (let round = 0; round < rounds; round += 1) {
        const times = await typeAndPaint(app.page, typed)
        medians.push(percentile(times, 0.5))
        p95s.push(percentile(times, 0.95))
      }
      filterAt.set(size, medians)
      if (size === table.rows) {
        const texts = (await rowsOf(app.page)).map(searchable)
        const bare = await launch(EMPTY_APP, empty, '[data-test=rows]')
        await bare.app.page.setViewportSize(WINDOW)
        await makeBarePage(bare.app.page, texts)
        await typeAndPaint(bare.app.page, typed)
        const measured = []
        for (const p95 of p95s) {
          const bareMs = percentile(await typeAndPaint(bare.app.page, typed), 0.95)
          measured.push({ value: p95 / bareMs, absolute: { p95Ms: p95, bareP95Ms: bareMs } })
        }
        await bare.app.quit()
        figures.push(
          figureOf(
            {
              key: 'table.filterRatio',
              work: `${size.toLocaleString('en')} rows: keystroke to paint, p95, ÷ a bare page`,
              unit: '×',
              reach: { most: 2 },
            },
            measured,
          ),
        )
        figures.push(await longFrames(app.page, table, rounds))
        figures.push(await rendererMemory(app.page, memory.polls, rounds))
      }
      await app.quit()
      rmSync(profile, { recursive: true, force: true })
    }
    const growthRounds = Array.from({ length: rounds }, (_, round) => ({
      value: growthExponent(sizes.map((size) => ({ size, cost: filterAt.get(size)?.[round] ?? Number.NaN }))),
      absolute: Object.fromEntries(sizes.map((size) => [`msAt${size}`, filterAt.get(size)?.[round] ?? Number.NaN])),
    }))
    figures.push(
      figureOf(
        {
          key: 'growth.filter',
          work: `exponent of keystroke to paint over ${sizes.join(', ')} rows`,
          unit: '',
          reach: { most: 1.1 },
        },
        growthRounds,
      ),
    )
    return figures
  } finally {
    rmSync(empty, { recursive: true, force: true })
  }
}

/** The share of frames over 50 ms while the table is scrolled and rows change. */
async function longFrames(
  page: Page,
  { rows, scrollSeconds, changesPerSecond }: Scale['table'],
  rounds: number,
): Promise<Figure> {
  await typeAndPaint(page, [''])
  const measured = []
  for (let round = 0; round < rounds; round += 1) {
    const frames = await page.evaluate(scrollWhileChanging, { seconds: scrollSeconds, changesPerSecond })
    const long = frames.filter((ms) => ms > 50).length
    measured.push({
      value: (100 * long) / frames.length,
      absolute: { frames: frames.length, p50Ms: percentile(frames, 0.5), p99Ms: percentile(frames, 0.99) },
    })
  }
  return figureOf(
    {
      key: 'table.longFrames',
      work: `frames over 50 ms while scrolling ${rows.toLocaleString('en')} rows for ${scrollSeconds} s with ${changesPerSecond} changes a second`,
      unit: '%',
      reach: { most: 2 },
    },
    measured,
  )
}

/** Runs in the page. */
async function scrollWhileChanging({
  seconds,
  changesPerSecond,
}: {
  seconds: number
  changesPerSecond: number
}): Promise<number[]> {
  const page = window as unknown as Record<string, (channel: string, text: string) => void> & {
    syncdeck: { request: Record<string, (args: object) => Promise<{ value: { sequence: number; rows: string } }>> }
  }
  // The host’s way of delivering what the main process sends.
  const dispatch = Object.getOwnPropertyNames(window).find((name) => /^host-[a-z0-9]+$/.test(name)) ?? ''
  const list = (await page.syncdeck.request['synchronizations:list']?.({}))?.value ?? { sequence: 0, rows: '[]' }
  const rows = JSON.parse(list.rows) as { issuesInError: number | null }[]
  let { sequence } = list
  let next = 0
  const timer = setInterval(() => {
    const put = Array.from({ length: changesPerSecond / 10 }, () => {
      next += 1
      return { ...rows[(next * 97) % rows.length], issuesInError: next % 7 }
    })
    sequence += 1
    page[dispatch]?.(
      'syncdeck:event',
      JSON.stringify([{ topic: 'synchronizations:changed', sequence, payload: { put, removed: [] } }]),
    )
  }, 100)
  const table = document.querySelector<HTMLElement>('[data-test=table]')
  const frames: number[] = []
  const end = performance.now() + seconds * 1000
  await new Promise<void>((resolve) => {
    let last = performance.now()
    const frame = (): void => {
      const now = performance.now()
      frames.push(now - last)
      last = now
      if (table !== null)
        table.scrollTop = table.scrollTop + table.clientHeight >= table.scrollHeight - 1 ? 0 : table.scrollTop + 90
      if (now < end) requestAnimationFrame(frame)
      else resolve()
    }
    requestAnimationFrame(frame)
  })
  clearInterval(timer)
  return frames
}

/** The page's heap with all rows loaded, and how it grows while every row changes again and again. */
async function rendererMemory(page: Page, polls: number, rounds: number): Promise<Figure> {
  const session = await page.context().newCDPSession(page)
  await session.send('HeapProfiler.enable')
  const heapMb = async (): Promise<number> => {
    await session.send('HeapProfiler.collectGarbage')
    const { usedSize } = await session.send('Runtime.getHeapUsage')
    return usedSize / 2 ** 20
  }
  await page.evaluate(scrollWhileChanging, { seconds: 1, changesPerSecond: 200 })
  const measured = []
  for (let round = 0; round < rounds; round += 1) {
    const before = await heapMb()
    await page.evaluate(scrollWhileChanging, { seconds: polls / 10, changesPerSecond: 10_000 })
    const after = await heapMb()
    measured.push({ value: (100 * (after - before)) / before, absolute: { rendererMb: after } })
  }
  return figureOf(
    {
      key: 'memory.rendererMb',
      work: `growth of the page’s heap while every row changes ${polls / 20} times`,
      unit: '%',
      reach: { most: 2 },
    },
    measured,
  )
}
