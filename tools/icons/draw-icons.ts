import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { findChromium } from '../chromium-host/find-chromium.ts'
import { icns, ico } from './containers.ts'

/**
 * Draws the icons in `resources/` from `icon.svg`, and those of the menu bar of macOS from `tray-template.svg`, each
 * size for itself; the files are kept in the repository, so that packaging has nothing to convert.
 */
const LINUX_SIZES = [16, 24, 32, 48, 64, 128, 256, 512]
const WINDOWS_SIZES = [16, 20, 24, 32, 40, 48, 64, 128, 256]

const resources = join(import.meta.dirname, '../../resources')
const executablePath = findChromium()
if (executablePath === null) throw new Error('No Chromium is installed')
const browser = await chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] })
const drawingOf = (name: string): string => readFileSync(join(resources, name), 'utf8')
const icon = drawingOf('icon.svg')
const drawn = new Map<number, Buffer>()

async function draw(size: number): Promise<Buffer> {
  const png = drawn.get(size) ?? (await paint(icon, size))
  drawn.set(size, png)
  return png
}

async function paint(svg: string, size: number): Promise<Buffer> {
  const page = await browser.newPage({ viewport: { width: size, height: size } })
  await page.setContent(`<style>body{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${svg}`)
  const png = await page.screenshot({ omitBackground: true })
  await page.close()
  return png
}

try {
  writeFileSync(join(resources, 'tray.png'), await draw(24))
  writeFileSync(join(resources, 'tray@2x.png'), await draw(48))
  const template = drawingOf('tray-template.svg')
  writeFileSync(join(resources, 'trayTemplate.png'), await paint(template, 18))
  writeFileSync(join(resources, 'trayTemplate@2x.png'), await paint(template, 36))
  mkdirSync(join(resources, 'icons'), { recursive: true })
  for (const size of LINUX_SIZES) writeFileSync(join(resources, `icons/${size}x${size}.png`), await draw(size))
  writeFileSync(join(resources, 'icon.ico'), await ico(WINDOWS_SIZES, draw))
  writeFileSync(join(resources, 'icon.icns'), await icns(draw))
} finally {
  await browser.close()
}
