import { expect, it } from 'vitest'
import { entryOf, openDesk, startJira } from './support.ts'

it('the palette finds commands, servers and synchronizations; shortcuts do the same, and a list names them', async () => {
  const jiras = [await startJira({ seed: 1, synchronizations: 40 }), await startJira({ seed: 2, synchronizations: 12 })]
  const { ui } = await (await openDesk()).start()
  for (const [index, name] of ['Vienna', 'Graz'].entries())
    await ui.addServer(entryOf(jiras[index] as (typeof jiras)[0], name))
  await ui.page.getByText('52 of 52').waitFor()
  const { keyboard } = ui.page
  const palette = ui.page.getByRole('dialog', { name: 'Search and commands' })
  const entries = palette.getByRole('option')
  const open = async (text: string): Promise<void> => {
    await keyboard.press('Control+k')
    await palette.waitFor()
    await keyboard.type(text)
  }
  const isGone = (): Promise<void> => palette.waitFor({ state: 'detached' })

  // A synchronization: the exact key comes first, whatever else contains it.
  await open('int-1')
  await entries
    .filter({ hasText: /^INT-1\d/ })
    .first()
    .waitFor()
  await palette.getByRole('combobox').fill('int-12 graz')
  await ui.page.waitForFunction(() => document.querySelectorAll('[data-test=palette-entry]').length === 1)
  await keyboard.press('Enter')
  await isGone()
  await ui.panel.getByText('INT-12', { exact: true }).waitFor()
  expect(await ui.panel.innerText()).toContain('Graz')

  // A command of that panel, a command of a server, a view; arrows move.
  await open('int-12: duplicate')
  await keyboard.press('Enter')
  await ui.page.getByRole('heading', { name: 'Create a synchronization' }).or(ui.at('create')).first().waitFor()
  await ui.at('cancel').click()
  await open('vienna: history')
  await keyboard.press('Enter')
  await ui.page.getByRole('dialog').getByText('Vienna').first().waitFor()
  await keyboard.press('Escape')
  await ui.page.getByRole('dialog').waitFor({ state: 'detached' })
  await open('')
  await keyboard.press('ArrowDown')
  await keyboard.press('ArrowDown')
  expect(await palette.getByRole('option', { selected: true }).innerText()).toMatch(/Conflicts/)
  await keyboard.press('Enter')
  await isGone()
  await ui.page.locator('[data-test=nav-conflicts][aria-current=true]').waitFor()

  // A server shows its rows.
  await open('graz')
  await palette.getByRole('group', { name: 'Servers' }).getByRole('option').click()
  await ui.page.getByText('12 of 52').waitFor()
  await ui.select('INT-3', 'Graz')
  await ui.select('INT-4', 'Graz')
  await open('clear the filter')
  await keyboard.press('Enter')
  await ui.page.getByText('52 of 52').waitFor()

  // Stopping the selection asks first.
  await open('stop 2 selected')
  await keyboard.press('Enter')
  await ui.page.getByRole('heading', { name: 'Stop 2 synchronizations?' }).waitFor()
  // A dialog keeps the keyboard for itself.
  await keyboard.press('Control+k')
  await keyboard.press('Control+3')
  expect(await palette.count()).toBe(0)
  expect(await ui.page.locator('[data-test=nav-conflicts][aria-current=true]').count()).toBe(0)
  await ui.at('cancel').click()
  await ui.dialog.waitFor({ state: 'detached' })

  // Shortcuts; typing into a field is text.
  await ui.table.focus()
  await keyboard.press('/')
  await keyboard.type('?/graz')
  expect(await ui.at('filter').locator('input').inputValue()).toBe('?/graz')
  expect(await ui.dialog.count()).toBe(0)
  await ui.at('filter').locator('input').fill('')
  await keyboard.press('Control+5')
  await ui.page.locator('[data-test=nav-activity][aria-current=true]').waitFor()
  await keyboard.press('Control+2')
  await ui.table.waitFor()
  await keyboard.press('Control+Shift+X')
  await ui.page.getByRole('heading', { name: 'Stop 2 synchronizations?' }).waitFor()
  await ui.at('cancel').click()
  await ui.dialog.waitFor({ state: 'detached' })
  await ui.table.focus()
  await keyboard.press('?')
  await ui.page.getByRole('heading', { name: 'Keyboard' }).waitFor()
  const listed = await ui.at('shortcuts').or(ui.dialog).first().innerText()
  for (const words of [
    'Search and commands',
    'Ctrl+K',
    'Filter synchronizations',
    'Stop 2 selected…',
    'Ctrl+Shift+X',
    'Refresh all servers',
    'F5',
    'Page Down',
  ])
    expect(listed).toContain(words)
  await ui.at('close-shortcuts').click()

  // Nothing found is said; Escape leaves everything as it was, and nothing was sent to a server by all this.
  await open('no such thing')
  await palette.getByText('Nothing found.').waitFor()
  await keyboard.press('Enter')
  await keyboard.press('Escape')
  await isGone()
  await ui.at('bulk-bar').getByText('2 selected').waitFor()
  for (const jira of jiras) expect(jira.seen.filter(({ method }) => method !== 'GET')).toEqual([])
})
