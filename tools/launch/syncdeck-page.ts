import type { Locator, Page } from 'playwright-core'
import { patience } from '../patience.ts'

export interface ServerEntry {
  readonly address: string
  readonly name: string
  readonly user: string
  readonly password: string
  readonly environment?: 'Production' | 'Test' | 'Development'
}

/** Syncdeck's window in a user's terms, for the end-to-end specs and the tour. */
export class SyncdeckPage {
  readonly page: Page
  readonly table: Locator
  readonly panel: Locator
  readonly dialog: Locator

  constructor(page: Page) {
    this.page = page
    this.table = this.at('table')
    this.panel = this.at('panel')
    this.dialog = page.getByRole('dialog')
  }

  at(name: string): Locator {
    return this.page.locator(`[data-test="${name}"]`)
  }

  /** The row of a synchronization; with several servers, the one of the named server. */
  row(key: string, serverName?: string): Locator {
    const rows = this.at(`row-${key}`)
    return serverName === undefined ? rows : rows.filter({ hasText: serverName })
  }

  /**
   * Opens a synchronization's panel. Rows rest while they are pointed at; before that, they may change their places.
   */
  async openRow(key: string, serverName?: string): Promise<void> {
    const row = this.row(key, serverName)
    await row.hover()
    await row.click()
    // A click that reached another row fails here and not later.
    await row.and(this.page.locator('.active')).waitFor()
  }

  /** From the overview, with which the application starts, to the table. */
  async openTable(): Promise<void> {
    await this.at('nav-synchronizations').click()
  }

  /** Every row that is rendered, which with long lists is a part. */
  rows(): Locator {
    return this.table.locator('.row')
  }

  /** Opens the drawer with the tasks. */
  async openTasks(): Promise<void> {
    const toggle = this.at('toggle-tasks')
    if ((await toggle.getAttribute('aria-expanded')) !== 'true') await toggle.click()
    await this.at('task-drawer').waitFor()
  }

  /** In the drawer, which has to be open. */
  task(operation: 'start' | 'stop' | 'restart' | 'update' | 'connection', key: string): Locator {
    return this.at(`task-${operation}-${key}`)
  }

  server(name: string): Locator {
    return this.at(`server-${name}`)
  }

  step(name: string): Locator {
    return this.at(`step-${name}`)
  }

  /** Fills the open server dialog. */
  async fillServer({ address, name, user, password, environment }: ServerEntry): Promise<void> {
    const { dialog } = this
    await dialog.getByLabel('Address', { exact: true }).fill(address)
    await dialog.getByLabel('Name', { exact: true }).fill(name)
    if (environment) await dialog.getByText(environment, { exact: true }).click()
    await dialog.getByLabel('User name').fill(user)
    await dialog.getByLabel('Password', { exact: true }).fill(password)
    if (address.startsWith('http:')) await this.allowPlainHttp()
  }

  async allowPlainHttp(): Promise<void> {
    const yes = this.at('allow-http')
    await yes.waitFor()
    if (!(await yes.getAttribute('aria-checked'))?.startsWith('true')) await yes.click()
  }

  async save(): Promise<void> {
    await this.at('save-server').click()
  }

  /** Adds a server through the dialog, from wherever the window is. */
  async addServer(entry: ServerEntry): Promise<void> {
    await this.at('add-server').click()
    await this.fillServer(entry)
    await this.save()
    await this.dialog.waitFor({ state: 'detached' })
    // Its line moves everything below it, so a click there has to come later.
    await this.server(entry.name).waitFor()
  }

  async chooseInServerMenu(name: string, item: string): Promise<void> {
    const menus = this.page.getByRole('menu')
    // An earlier menu fades out for a moment.
    await menus.waitFor({ state: 'detached' })
    await this.at(`server-menu-${name}`).click()
    await this.page.getByRole('menuitem').filter({ hasText: item }).click()
    // A click that reached the item closes the menu; a lost one fails here and not later.
    await menus.waitFor({ state: 'detached' })
  }

  /** Types into a field of the panel that is edited in place. */
  async edit(field: string, value: string): Promise<void> {
    await this.at(`field-${field}`).locator('input, textarea').first().fill(value)
  }

  async chooseInPanelMenu(item: string): Promise<void> {
    await this.at('panel-more').click()
    await this.page.getByRole('menuitem').filter({ hasText: item }).click()
  }

  async openTab(
    name: 'Overview' | 'Connection' | 'Configuration' | 'Conflicts' | 'Links' | 'History' | 'JSON',
  ): Promise<void> {
    const label = new RegExp(`^\\s*${name}`)
    await this.panel.getByRole('tablist').waitFor()
    const tab = this.panel.getByRole('tab', { name: label })
    if (!(await tab.isVisible())) {
      await this.panel.locator('[data-test=more-tabs]').click()
      await this.page.getByRole('menuitem').filter({ hasText: label }).click()
    } else await tab.click()
  }

  async select(key: string, serverName?: string): Promise<void> {
    await this.row(key, serverName).locator('.check [role=checkbox]').click()
  }

  /** Confirms the open question about starting or stopping. */
  async confirm(): Promise<void> {
    const production = this.at('confirm-production')
    await this.at('confirm').waitFor()
    if ((await production.count()) > 0) await production.click()
    await this.at('confirm').click()
  }

  /** Waits until `locator` has the attribute's value. */
  async waitForAttribute(locator: Locator, name: string, value: string, timeout = patience(30_000)): Promise<void> {
    await locator.and(this.page.locator(`[${name}="${value}"]`)).waitFor({ timeout })
  }
}
