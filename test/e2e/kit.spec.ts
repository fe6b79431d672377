import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import vue from '@vitejs/plugin-vue'
import pixelmatch from 'pixelmatch'
import { chromium, type Page } from 'playwright-core'
import { PNG } from 'pngjs'
import { build } from 'vite'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { findChromium } from '../../tools/chromium-host/find-chromium.ts'
import { patience } from '../../tools/patience.ts'
import { lastingFolder } from '../support/scratch.ts'

/**
 * The components on the page `#/kit`, beside their pictures in `test/pictures`. `SYNCDECK_RENEW_PICTURES=1 npm test --
 * kit` takes them again: look at each that changed. Differences are in `out/kit`, with both pictures.
 */
const ROOT = join(import.meta.dirname, '../..')
const PICTURES = join(ROOT, 'test/pictures')
const FAILED = join(ROOT, 'out/kit')
const isRenewed = process.env.SYNCDECK_RENEW_PICTURES === '1'
/** The version of Chromium that the pictures are from. */
const MADE_BY = join(PICTURES, 'chromium.txt')
/**
 * How much of a picture may differ, by so much of a pixel (0 to 1). Another Chromium draws letters a little
 * differently.
 */
const SHARE = { sameChromium: 0.0002, other: 0.01 }
const DIFFERENCE = 0.1
/** High enough for all shelves. */
const VIEWPORT = { width: 1280, height: 3400 }
/** No host has this name: every request for it is answered from the build. */
const ORIGIN = 'http://kit.invalid'

const built = lastingFolder()
afterAll(built.remove)

beforeAll(async () => {
  await build({
    configFile: false,
    root: join(ROOT, 'src-renderer'),
    base: './',
    logLevel: 'error',
    plugins: [vue()],
    define: {
      'import.meta.env.DEV': 'true',
      __INTLIFY_PROD_DEVTOOLS__: 'false',
      __INTLIFY_DROP_MESSAGE_COMPILER__: 'false',
      __VUE_I18N_FULL_INSTALL__: 'false',
      __VUE_I18N_LEGACY_API__: 'false',
    },
    build: { outDir: built.path, emptyOutDir: true, minify: false, modulePreload: false, assetsInlineLimit: 0 },
  })
}, patience(120_000))

let opened: Promise<Page> | undefined
afterAll(async () => (await opened)?.context().browser()?.close())

async function openKit(): Promise<Page> {
  const executablePath = findChromium()
  if (executablePath === null) throw new Error('No Chromium is installed')
  const browser = await chromium.launch({
    executablePath,
    chromiumSandbox: process.getuid?.() !== 0,
    // Edges that are smoothed the same on every screen.
    args: ['--font-render-hinting=none', '--disable-lcd-text', '--force-color-profile=srgb'],
  })
  const page = await browser.newPage({
    viewport: VIEWPORT,
    reducedMotion: 'reduce',
    locale: 'en-GB',
    timezoneId: 'UTC',
  })
  await page.clock.setFixedTime('2026-01-02T12:00:00Z')
  await page.route(`${ORIGIN}/**`, (route) =>
    route.fulfill({ path: join(built.path, new URL(route.request().url()).pathname) }),
  )
  await page.goto(`${ORIGIN}/index.html#/kit`)
  await page.locator('[data-kit]').first().waitFor()
  await page.evaluate(() => document.fonts.ready)
  return page
}

/** Pictures of all shelves, by name. */
async function picturesOf(brightness: string, palette: string): Promise<Map<string, PNG>> {
  const page = await (opened ??= openKit())
  const hash = `#/kit?brightness=${brightness}&palette=${palette}`
  await page.evaluate((next) => {
    location.hash = next
  }, hash)
  await page.locator(`[data-hash="${hash}"]`).waitFor()
  const shelves = page.locator('[data-kit]')
  const boxes = await shelves.evaluateAll((all) =>
    all.map((shelf) => {
      const { x, y, width, height } = shelf.getBoundingClientRect()
      return { name: shelf.getAttribute('data-kit') ?? '', x, y, width, height }
    }),
  )
  const whole = PNG.sync.read(await page.screenshot({ animations: 'disabled' }))
  return new Map(
    boxes.map(({ name, ...box }) => {
      const [x, y, width, height] = [box.x, box.y, box.width, box.height].map(Math.round) as Box
      const picture = new PNG({ width, height })
      PNG.bitblt(whole, picture, x, y, width, height, 0, 0)
      return [name, picture]
    }),
  )
}
type Box = [x: number, y: number, width: number, height: number]

async function allowedShare(): Promise<number> {
  const version = (await opened)?.context().browser()?.version() ?? ''
  if (isRenewed) {
    mkdirSync(PICTURES, { recursive: true })
    writeFileSync(MADE_BY, `${version}\n`)
  }
  return readFileSync(MADE_BY, 'utf8').trim() === version ? SHARE.sameChromium : SHARE.other
}

/** How the picture differs from that one; null if they are alike. */
function differenceOf(name: string, found: PNG, allowed: number): string | null {
  const path = join(PICTURES, `${name}.png`)
  if (isRenewed) {
    mkdirSync(join(path, '..'), { recursive: true })
    writeFileSync(path, PNG.sync.write(found))
    return null
  }
  if (!existsSync(path)) return `${name}: there is no picture of it`
  const expected = PNG.sync.read(readFileSync(path))
  const { width, height } = expected
  const keep = (kind: string, picture: PNG): void => {
    mkdirSync(join(FAILED, name, '..'), { recursive: true })
    writeFileSync(join(FAILED, `${name}-${kind}.png`), PNG.sync.write(picture))
  }
  if (found.width !== width || found.height !== height) {
    keep('found', found)
    return `${name}: ${found.width} × ${found.height} in place of ${width} × ${height}`
  }
  const shown = new PNG({ width, height })
  const share =
    pixelmatch(expected.data, found.data, shown.data, width, height, { threshold: DIFFERENCE }) / (width * height)
  if (share <= allowed) return null
  keep('found', found)
  keep('difference', shown)
  return `${name}: ${(share * 100).toFixed(3)} % of it differs`
}

const PALETTES = ['standard', 'colourBlind', 'highContrast']
const themes = ['light', 'dark'].flatMap((brightness) => PALETTES.map((palette) => [brightness, palette]))

it.each(themes)('every component of the kit looks as its picture, %s and %s', async (brightness, palette) => {
  const pictures = await picturesOf(brightness, palette)
  const allowed = await allowedShare()
  const differences = [...pictures].map(([name, found]) =>
    differenceOf(`${brightness}-${palette}/${name}`, found, allowed),
  )
  expect(differences.length).toBeGreaterThan(15)
  expect(differences.filter((difference) => difference !== null)).toEqual([])
})

it('the kit has every component that all features share, but those that lie above everything else', () => {
  const kit = readFileSync(join(ROOT, 'src-renderer/kit/KitPage.vue'), 'utf8')
  const all = globSync('*.vue', { cwd: join(ROOT, 'src-renderer/ui') }).map((name) => name.replace('.vue', ''))
  const missing = all.filter((name) => !kit.includes(`<${name}`))
  expect(missing.sort()).toEqual(['AppDialog', 'ContextMenu', 'DropdownMenu', 'FormDialog'])
})
