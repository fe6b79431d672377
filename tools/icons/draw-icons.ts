import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { findChromium } from '../chromium-host/find-chromium.ts'
import { icns, ico } from './containers.ts'

/**
 * Draws the icons in `resources/` from `icon.svg`, each size for itself; the files are kept in the repository, so that packaging
 * has nothing to convert.
 */
const LINUX_SIZES = [16, 24, 32, 48, 64, 128, 256, 512]
const WINDOWS_SIZES = [16, 20, 24, 32, 40, 48, 64, 128, 256]

const resources = join(import.meta.dirname, '../../resources')
const executablePath = findChromium()
if (executablePath === null) throw new Error('No Chromium is installed')
const browser = await chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] })
const svg = readFileSync(join(resources, 'icon.svg'), 'utf8')
const drawn = new Map<number, Buffer>()

async function draw(size: number): Promise<Buffer> {
  const known = drawn.get(size)
  if (known !== undefined) return known
  const page = await browser.newPage({ viewport: { width: size, height: size } })
  await page.setContent(`<style>body{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${svg}`)
  const png = await page.screenshot({ omitBackground: true })
  await page.close()
  drawn.set(size, png)
  return png
}

try {
  writeFileSync(join(resources, 'tray.png'), await draw(24))
  writeFileSync(join(resources, 'tray@2x.png'), await draw(48))
  mkdirSync(join(resources, 'icons'), { recursive: true })
  for (const size of LINUX_SIZES) writeFileSync(join(resources, `icons/${size}x${size}.png`), await draw(size))
  writeFileSync(join(resources, 'icon.ico'), await ico(WINDOWS_SIZES, draw))
  writeFileSync(join(resources, 'icon.icns'), await icns(draw))
} finally {
  await browser.close()
}
