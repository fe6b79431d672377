import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from 'playwright-core'

/**
 * Draws the icons in `resources/` from `icon.svg`; their PNG files are kept in the repository. electron-builder makes the
 * formats of the platforms from `icon.png`.
 */
const SIZES = { 'icon.png': 1024, 'tray.png': 24, 'tray@2x.png': 48 } as const

const resources = join(import.meta.dirname, '../../resources')
const executablePath = process.env.SYNCDECK_CHROMIUM ?? '/usr/bin/chromium'
const browser = await chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] })
try {
  const svg = readFileSync(join(resources, 'icon.svg'), 'utf8')
  for (const [name, size] of Object.entries(SIZES)) {
    const page = await browser.newPage({ viewport: { width: size, height: size } })
    await page.setContent(`<style>body{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${svg}`)
    writeFileSync(join(resources, name), await page.screenshot({ omitBackground: true }))
    await page.close()
  }
} finally {
  await browser.close()
}
