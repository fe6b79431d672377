import { expect, it } from 'vitest'
import { patience } from '../../tools/patience.ts'
import type { SyncdeckPage } from '../../tools/launch/syncdeck-page.ts'
import { entryOf, startEmpty, startJira } from './support.ts'

/** A window of 1280 × 800 at 200 %, and one that is 320 px wide (WCAG 2.2, 1.4.10). */
const SIZES = [
  { width: 640, height: 400 },
  { width: 320, height: 480 },
]

/** What of an open dialog cannot be read or used without scrolling to the side, or at all. */
async function faultsOf(ui: SyncdeckPage, name: string): Promise<string[]> {
  const found: string[] = []
  for (const size of SIZES) {
    await ui.page.setViewportSize(size)
    await ui.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))
    const faults = await ui.dialog.last().evaluate((dialog) => {
      const told: string[] = []
      const describe = (element: Element): string =>
        `${element.tagName} ${element.className} ${element.textContent.slice(0, 40)}`
      const isMeant = (element: Element): boolean => element.closest('pre, .json, [role=table], textarea') !== null
      for (const element of [dialog, ...dialog.querySelectorAll('*')]) {
        const { overflowX } = getComputedStyle(element)
        const isScrolled = overflowX === 'auto' || overflowX === 'scroll'
        if (isScrolled && !isMeant(element) && element.scrollWidth > element.clientWidth + 1)
          told.push(`is scrolled to the side: ${describe(element)}`)
      }
      for (const control of dialog.querySelectorAll(
        'button, input, select, textarea, summary, [role=checkbox], [role=radio]',
      )) {
        if (!control.checkVisibility()) continue
        const box = control.getBoundingClientRect()
        if (box.width < 2) continue
        if (!isMeant(control) && (box.left < -1 || box.right > window.innerWidth + 1))
          told.push(`is outside: ${describe(control)}`)
        control.scrollIntoView({ block: 'nearest' })
        const { x, y, width, height } = control.getBoundingClientRect()
        const hit = document.elementFromPoint(x + width / 2, y + height / 2)
        if (
          hit === null ||
          !(control.contains(hit) || hit.contains(control) || control.closest('label')?.contains(hit))
        )
          told.push(`cannot be reached: ${describe(control)}`)
      }
      return told
    })
    found.push(...faults.map((fault) => `${name}, ${size.width} × ${size.height}: ${fault}`))
  }
  await ui.page.setViewportSize({ width: 1280, height: 800 })
  return found
}

it(
  'every dialog can be read and used at 200 % and at 320 px, by scrolling down alone',
  async () => {
    const jira = await startJira({ synchronizations: 5, seed: 3 })
    const { ui } = await startEmpty()
    const found: string[] = []
    const look = async (name: string): Promise<void> => void found.push(...(await faultsOf(ui, name)))
    const close = async (): Promise<void> => {
      await ui.page.keyboard.press('Escape')
      await ui.dialog.waitFor({ state: 'detached' })
    }
    await ui.at('first-add').click()
    await ui.fillServer(entryOf(jira, 'Vienna', { password: 'wrong' }))
    await ui.at('test-connection').click()
    await ui.waitForAttribute(ui.step('login'), 'data-verdict', 'failed')
    await look('server')
    await ui.fillServer(entryOf(jira, 'Vienna'))
    await ui.save()
    await ui.dialog.waitFor({ state: 'detached' })
    await ui.openRow('INT-2')
    await ui.at('panel-restart').click()
    await look('confirmation')
    await close()
    await ui.edit('summary', 'Renamed for the partner whose project has moved to another Jira')
    await ui.at('preview').click()
    await ui.at('request-body').waitFor()
    await look('preview')
    await close()
    await ui.at('discard').click()
    for (const item of ['Duplicate', 'Resync', 'Snooze', 'Delete']) {
      await ui.chooseInPanelMenu(item)
      await ui.dialog.waitFor()
      await look(item)
      await close()
    }
    await ui.openTab('Connection')
    await ui.at('change-connection').click()
    await ui.at('proxy-first').click()
    await look('proxy')
    await ui.at('connection-preview').click()
    await close()
    for (const item of ['Diagnose', 'History', 'Snooze', 'Remove']) {
      await ui.chooseInServerMenu('Vienna', item)
      await ui.dialog.waitFor()
      await look(`server: ${item}`)
      await close()
    }
    await ui.table.focus()
    await ui.page.keyboard.press('?')
    await look('shortcuts')
    await close()
    await ui.page.keyboard.press('Control+k')
    await ui.at('palette-entry').first().waitFor()
    await look('palette')
    await close()
    await ui.at('import-list').click()
    await look('import of servers')
    await close()
    await ui.at('nav-settings').click()
    await ui.at('support').click()
    await ui.at('support-text').waitFor()
    await look('support bundle')
    await close()
    expect(found).toEqual([])
  },
  patience(240_000),
)
