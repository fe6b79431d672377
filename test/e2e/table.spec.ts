import { expect, it } from 'vitest'
import { until } from '../../tools/until.ts'
import { entryOf, startEmpty, startJira } from './support.ts'

it('one table over three servers: filter, sort, select, and reach everything by keyboard', async () => {
  const jiras = [
    await startJira({ seed: 1, synchronizations: 60 }),
    await startJira({ seed: 2, synchronizations: 30, embedsStatus: false }),
    await startJira({ seed: 3, synchronizations: 10 }),
  ]
  const { ui } = await startEmpty()
  for (const [index, name] of ['Vienna', 'Graz', 'Linz'].entries())
    await ui.addServer(entryOf(jiras[index] as (typeof jiras)[0], name))
  await ui.page.getByText('100 of 100').waitFor()

  // Worst first.
  const health = await ui.rows().evaluateAll((rows) => rows.map((row) => row.getAttribute('data-health')))
  expect(health[0]).toBe('error')
  expect(health.indexOf('running')).toBeGreaterThan(health.lastIndexOf('error'))

  // Text, by any of its words; then a facet; then clearing.
  await ui.at('filter').locator('input').fill('graz int-1')
  await ui.page.waitForFunction(
    () =>
      /^\d+ of 100$/.test(document.querySelector('[data-test=count]')?.textContent?.trim() ?? '') &&
      !document.querySelector('[data-test=count]')?.textContent?.includes('100 of'),
  )
  for (const text of await ui.rows().allInnerTexts()) expect(text).toMatch(/INT-1[\s\S]*Graz/)
  await ui.page.getByText('Clear', { exact: true }).click()
  await ui.at('filter-more').click()
  await ui.at('facet-option').filter({ hasText: 'Distributed' }).click()
  await ui.page.keyboard.press('Escape')
  const distributed = jiras
    .flatMap((jira) => [...jira.api.entries.values()])
    .filter(({ integration }) => integration.distributed)
  await ui.page.getByText(`${distributed.length} of 100`).waitFor()
  expect(await ui.rows().first().locator('.summary').getAttribute('title')).toMatch(/half$/)
  await ui.page.getByText('Clear', { exact: true }).click()

  // The same as a token, completed by keys; then without what it found.
  await ui.at('filter').locator('input').click()
  for (const begun of ['kin', 'dis']) {
    await ui.page.keyboard.type(begun)
    await ui.at('offer').first().waitFor()
    await ui.page.keyboard.press('ArrowDown')
    await ui.page.keyboard.press('Enter')
  }
  await ui.at('filter-chip').getByText('Kind: Distributed').waitFor()
  await ui.page.getByText(`${distributed.length} of 100`).waitFor()
  await ui.page.keyboard.type('-kind:distributed state:brx ')
  await ui.at('filter-chip').getByText('Kind: not Distributed').waitFor()
  await ui.page.getByText(`${100 - distributed.length} of 100`).waitFor()
  await ui.at('filter-troubles').getByText('State: there is no “brx”').waitFor()
  await ui.page.getByText('Clear', { exact: true }).click()

  // Sorting by a column, numbers in keys as numbers.
  await ui.table.getByRole('columnheader', { name: 'Key' }).getByRole('button').click()
  const keys = await ui.rows().locator('.col-key').allInnerTexts()
  expect(keys.slice(0, 4)).toEqual(['INT-2', 'INT-2', 'INT-2', 'INT-3'])

  // The keyboard: arrows, space, enter, select all shown, escape.
  await ui.table.focus()
  await ui.page.keyboard.press('Home')
  await ui.page.keyboard.press('Space')
  await ui.page.keyboard.press('ArrowDown')
  await ui.page.keyboard.press('Space')
  await ui.at('bulk-bar').getByText('2 selected').waitFor()
  await ui.at('filter').locator('input').fill('INT-3')
  await ui.at('bulk-bar').getByText('2 selected (2 hidden by the filter)').waitFor()
  await ui.at('filter').locator('input').fill('')
  await ui.table.focus()
  await ui.page.keyboard.press('Enter')
  await ui.panel.waitFor()
  await ui.page.keyboard.press('End')
  await ui.page.waitForFunction(() => document.querySelector('[data-test=panel]')?.textContent?.includes('INT-61'))
  expect(await ui.table.getAttribute('aria-activedescendant')).toContain('INT-61')
  await ui.page.keyboard.press('Control+a')
  await ui.at('bulk-bar').getByText('100 selected').waitFor()
  await ui.page.keyboard.press('Escape')
  await ui.at('bulk-bar').waitFor({ state: 'detached' })
  await ui.page.keyboard.press('Escape')
  await ui.panel.waitFor({ state: 'detached' })
})

it('the panel shows both connectors, the configuration as a tree, and the JSON; what the server says stays text', async () => {
  const jira = await startJira({ synchronizations: 12 })
  const { integration } = jira.entry('INT-2')
  integration.summary = '<img src=x onerror="document.title=1"> ‮evil‬ 👩‍🚀'
  integration.description = `${'long '.repeat(2000)}<script>document.title=1</script>`
  const { ui } = await startEmpty()
  await ui.addServer(entryOf(jira, 'Vienna'))
  await ui.openRow('INT-2')
  await ui.panel.getByRole('heading', { name: '<img src=x' }).waitFor()
  await ui.panel.getByText(integration.firstConnector.connectorKey).first().waitFor()
  expect(await ui.panel.locator('img, script').count()).toBe(0)
  expect(await ui.page.title()).toBe('Syncdeck')

  await ui.openTab('Configuration')
  await ui.panel.getByText('Outgoing interval').first().waitFor()
  await ui.openTab('JSON')
  expect(JSON.parse(await ui.at('json').innerText())).toMatchObject({ integrationKey: 'INT-2' })

  // Beside a panel, rows have two lines.
  const box = await ui.row('INT-2').boundingBox()
  expect(box?.height).toBe(44)
})

it('a panel beside the table moves neither the row that was clicked nor the bar above it, in German either', async () => {
  const jira = await startJira({ seed: 1, synchronizations: 60 })
  const { ui } = await startEmpty()
  await ui.addServer(entryOf(jira, 'Vienna production'))
  await ui.page.getByText('60 of 60').waitFor()
  await ui.at('filter').locator('input').fill('INT')
  for (const language of ['English', 'Deutsch']) {
    await ui.at('nav-settings').click()
    await ui.at('setting-language').getByText(language).click()
    await ui.openTable()
    const row = ui.rows().nth(9)
    const bar = ui.page.locator('[role=search]')
    const places = async () => [(await row.boundingBox())?.y ?? 0, (await bar.boundingBox())?.height ?? 0] as const
    const height = async () => (await row.boundingBox())?.height ?? 0
    const [before, lineHeight] = [await places(), await height()]
    const key = ((await row.getAttribute('data-test')) ?? '').replace('row-', '')
    await row.click()
    await ui.panel.waitFor()
    await until('rows have two lines', async () => (await height()) > lineHeight)
    const clicked = ui.row(key)
    expect(Math.abs(((await clicked.boundingBox())?.y ?? 0) - before[0]), language).toBeLessThan(2)
    expect((await bar.boundingBox())?.height, language).toBe(before[1])
    await ui.at('close-panel').click()
    await until('rows have one line', async () => (await height()) === lineHeight)
    expect(Math.abs(((await clicked.boundingBox())?.y ?? 0) - before[0]), language).toBeLessThan(2)
  }
  await ui.at('nav-settings').click()
  await ui.at('setting-language').getByText('English').click()
})

it('the table is where it was left when another view was shown, beside a panel too, unless it has other rows', async () => {
  const jira = await startJira({ seed: 1, synchronizations: 120 })
  const { ui } = await startEmpty()
  await ui.addServer(entryOf(jira, 'Vienna'))
  await ui.page.getByText('120 of 120').waitFor()
  const scrolledTo = (): Promise<number> => ui.table.evaluate((table) => table.scrollTop)
  const scroll = async (top: number): Promise<void> => {
    await ui.table.evaluate((table, to) => (table.scrollTop = to), top)
    await until('it is scrolled', async () => (await scrolledTo()) === top)
  }
  const toAndFro = async (): Promise<void> => {
    await ui.at('nav-conflicts').click()
    await ui.table.waitFor({ state: 'detached' })
    await ui.openTable()
  }
  await scroll(1234)
  await toAndFro()
  await until('it is where it was', async () => (await scrolledTo()) === 1234)

  await ui.rows().nth(9).click()
  await ui.panel.waitFor()
  await scroll(2000)
  await toAndFro()
  await ui.panel.waitFor()
  await until('it is where it was beside a panel', async () => Math.abs((await scrolledTo()) - 2000) < 2)

  await ui.at('nav-overview').click()
  await ui.at('overview-broken').click()
  await ui.rows().first().waitFor()
  expect(await scrolledTo()).toBe(0)
})

it('keys of five and more digits are shown whole', async () => {
  const jira = await startJira({ synchronizations: 3 })
  const longer = ['INT-12345', 'INT-123456', 'SYNC-88888']
  for (const [at, entry] of [...jira.api.entries.values()].entries()) {
    jira.api.entries.delete(entry.integration.integrationKey)
    entry.integration.integrationKey = longer[at] ?? ''
    jira.api.put(entry)
  }
  const { ui } = await startEmpty()
  await ui.addServer(entryOf(jira, 'Vienna'))
  await ui.page.getByText('3 of 3').waitFor()
  const cells = ui.rows().locator('.col-key')
  expect((await cells.allInnerTexts()).toSorted()).toEqual(longer.toSorted())
  // Text that is cut off with an ellipsis is wider than its element.
  const cut = await cells.evaluateAll((all) =>
    all
      .flatMap((cell) => [cell, ...cell.querySelectorAll('*')])
      .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
      .map(({ textContent }) => textContent),
  )
  expect(cut).toEqual([])
})
