import { X509Certificate } from 'node:crypto'
import { expect, it } from 'vitest'
import { NO_KEYRING } from '../../tools/keyring/keyring.ts'
import { until } from '../../tools/until.ts'
import { makeCertificate } from '../support/certificates.ts'
import { SECRETS } from './canary.ts'
import { entryOf, openDesk, startEmpty, startJira } from './support.ts'

const DAY_MS = 86_400_000

it('the first start offers two doors; the demonstration is marked and left with one click', async () => {
  const { ui } = await startEmpty()
  await ui.at('first-add').waitFor()
  await ui.at('first-demo').click()
  await ui.server('Vienna production').waitFor()
  await ui.rows().first().waitFor()
  await ui.page.getByText('Simulated servers').waitFor()
  await ui
    .at('count')
    .and(ui.page.getByText('189 of 189', { exact: true }))
    .waitFor()
  await ui.page.getByText('Leave the demo').click()
  await ui.at('first-add').waitFor()
})

it('a server is added with a connection test that fails, says why, and passes after correction', async () => {
  const jira = await startJira({ synchronizations: 5, contextPath: '/jira' })
  const { ui } = await startEmpty()
  await ui.at('first-add').click()
  const address = ui.dialog.getByLabel('Address', { exact: true })
  await address.and(ui.page.locator(':focus')).waitFor()

  // Unusable addresses are reported at the field.
  await address.fill('javascript:alert(1)')
  await address.blur()
  await ui.dialog.getByText('The address must begin with https:// or http://').waitFor()

  // A page of that Jira is reduced to its address, and its context path found.
  await ui.fillServer(entryOf(jira, 'Vienna', { address: `${jira.baseUrl}/browse/AP-12?x=1`, password: SECRETS.wrong }))
  expect(await ui.at('base-url').innerText()).toContain(jira.baseUrl)
  await ui.at('test-connection').click()
  await ui.waitForAttribute(ui.step('login'), 'data-verdict', 'failed')
  await ui.step('login').getByText('Jira refused the user name and password').waitFor()
  expect(await ui.step('jira').getAttribute('data-verdict')).toBe('passed')
  expect(jira.failedLogIns('admin')).toBe(1)

  // Saving does not depend on the test; the right password goes into the keychain and rows appear.
  await ui.dialog.getByLabel('Password', { exact: true }).fill(SECRETS.password)
  await ui.save()
  await ui.dialog.waitFor({ state: 'detached' })
  await ui.row('INT-2').waitFor()
  expect(await ui.rows().count()).toBe(5)

  // With the stored password the test passes.
  await ui.chooseInServerMenu('Vienna', 'Edit')
  await ui.at('test-connection').click()
  await ui.waitForAttribute(ui.step('rights'), 'data-verdict', 'passed')
  await ui.step('rights').getByText('5 synchronizations can be seen').waitFor()
  expect(jira.failedLogIns('admin')).toBe(1)
})

it('a certificate that ends soon is named where the user looks, with the days that are left', async () => {
  const now = Date.now()
  const authority = await makeCertificate('Company CA', { from: now - DAY_MS, until: now + 400.5 * DAY_MS })
  const ending = { authority, from: now - 300 * DAY_MS, until: now + 12.5 * DAY_MS }
  const jira = await startJira({ synchronizations: 2, tls: await makeCertificate('127.0.0.1', ending) })
  const { ui } = await startEmpty()
  await ui.at('first-add').click()
  await ui.fillServer(entryOf(jira, 'Vienna'))
  await ui.at('more-settings').locator('summary').click()
  await ui.dialog.getByPlaceholder('-----BEGIN CERTIFICATE-----').fill(authority.cert)
  await ui.save()
  await ui.row('INT-2').waitFor()
  await ui.page.getByText('Vienna: certificate expires in 12 days').click()
  await ui.at('certificate-notice-Vienna').getByText('This server: CN=127.0.0.1').waitFor()
  await ui.page.keyboard.press('Escape')
  await ui.chooseInServerMenu('Vienna', 'Edit')
  await ui.at('certificates').getByText('Trusted for this server: expires in 400 days').waitFor()
})

it('an encrypted address that the server points to is taken over with one click, before any password was sent', async () => {
  const tls = await makeCertificate()
  const jira = await startJira({ synchronizations: 3, contextPath: '/jira', tls })
  const plain = await startJira()
  plain.faults.add({
    path: '/',
    fault: { kind: 'answer', status: 301, headers: { Location: new URL('/', jira.baseUrl).href }, body: '' },
  })
  const { ui } = await startEmpty()
  await ui.at('first-add').click()
  await ui.fillServer(entryOf(plain, ''))
  await ui.at('test-connection').click()
  const address = ui.dialog.getByLabel('Address', { exact: true })
  // While its certificate is not trusted, nothing can be found there; the context path is found next.
  await ui.at('take-over').click()
  expect(await address.inputValue()).toBe(new URL(jira.baseUrl).origin)
  await ui.at('test-connection').click()
  await ui.at('trust-certificate').click()
  await ui.at('test-connection').click()
  await ui.at('take-over').click()
  expect(await address.inputValue()).toBe(jira.baseUrl)
  expect([...plain.seen, ...jira.seen].filter(({ user }) => user !== null)).toEqual([])
  await ui.at('test-connection').click()
  await ui.waitForAttribute(ui.step('rights'), 'data-verdict', 'passed')
  await ui.dialog.getByLabel('Name', { exact: true }).fill('Vienna')
  await ui.save()
  await ui.page.getByText('3 of 3').waitFor()
  expect(plain.seen.filter(({ user }) => user !== null)).toEqual([])
})

it('a context path that bears the name of a page is found out by asking, and kept', async () => {
  const jira = await startJira({ synchronizations: 2, contextPath: '/issues' })
  const { ui } = await startEmpty()
  await ui.addServer(entryOf(jira, 'Vienna', { address: `${jira.baseUrl}/browse/AP-1` }))
  await ui.row('INT-2').waitFor()
  await ui.chooseInServerMenu('Vienna', 'Edit')
  expect(await ui.dialog.getByLabel('Address', { exact: true }).inputValue()).toBe(jira.baseUrl)
  await ui.save()
  await ui.dialog.waitFor({ state: 'detached' })
  await ui.at('refresh-all').click()
  await ui.page.getByText('2 of 2').waitFor()
})

it('bad input is reported at its field, and nothing is lost', async () => {
  const jira = await startJira({ synchronizations: 1 })
  const { ui } = await startEmpty()
  await ui.at('first-add').click()
  await ui.fillServer(entryOf(jira, 'x'.repeat(2000)))
  await ui.save()
  await ui.dialog.getByText('Use at most 120 characters').waitFor()
  await ui.dialog.getByLabel('Name', { exact: true }).fill('   ')
  await ui.save()
  await ui.dialog.getByText('Enter a name').waitFor()
  expect(await ui.dialog.getByLabel('User name').inputValue()).toBe('admin')
  expect(await ui.dialog.getByLabel('Address', { exact: true }).inputValue()).toBe(jira.baseUrl)
  await ui.dialog.getByLabel('Name', { exact: true }).fill('<b>Jira</b> ⁦שלום⁩ 🚀')
  await ui.save()
  await ui.row('INT-2').waitFor()
  expect(await ui.row('INT-2').innerText()).toContain('<b>Jira</b>')
})

it('a token can be pasted by mouse, and a password not be copied', async () => {
  const { ui, app } = await startEmpty()
  await ui.at('first-add').click()
  const password = ui.dialog.getByLabel('Password', { exact: true })
  await password.fill('secret')
  await password.selectText()
  await password.click({ button: 'right' })
  await until('its menu is shown', () => app.output.some((line) => line.startsWith('{"menu":[')))
  const [menu = ''] = app.output.filter((line) => line.startsWith('{"menu":['))
  expect(menu).toMatch(/"Paste","Select all"\]}$/)
  expect(menu).not.toMatch(/Copy|Cut/)
})

it('plain http needs an explicit yes', async () => {
  const jira = await startJira()
  const { ui } = await startEmpty()
  await ui.at('first-add').click()
  await ui.fillServer(entryOf(jira, 'Plain'))
  await ui.at('allow-http').click()
  await ui.save()
  await ui.dialog.getByText('Over http:// the password travels unencrypted').waitFor()
  await ui.at('allow-http').click()
  await ui.save()
  await ui.dialog.waitFor({ state: 'detached' })
})

it('servers are edited, moved and removed; removing never touches Jira', async () => {
  const [first, second] = [await startJira({ synchronizations: 2 }), await startJira({ synchronizations: 3, seed: 2 })]
  const desk = await openDesk()
  const { ui, app } = await desk.start()
  await ui.addServer(entryOf(first, 'First'))
  await ui.addServer(entryOf(second, 'Second'))
  await ui.rows().nth(4).waitFor()
  await ui.chooseInServerMenu('Second', 'Move up')
  await ui.page.waitForFunction(
    () => document.querySelector('.servers .server')?.getAttribute('data-test') === 'server-Second',
  )

  await ui.chooseInServerMenu('First', 'Edit')
  await ui.dialog.getByLabel('Name', { exact: true }).fill('Renamed')
  await ui.save()
  await ui.server('Renamed').waitFor()

  await ui.chooseInServerMenu('Renamed', 'Remove')
  await ui.page.waitForFunction(() => document.activeElement?.textContent?.includes('Keep it'))
  await ui.at('confirm-remove').click()
  await ui.server('Renamed').waitFor({ state: 'detached' })
  await ui.page.waitForFunction(() => document.querySelectorAll('.row').length === 3)
  // Nothing of Backbone’s was changed; the session is the one thing that Syncdeck takes away with it.
  expect(first.seen.filter(({ method, path }) => method !== 'GET' && path !== '/rest/auth/1/session')).toEqual([])

  await app.quit()
  const again = await desk.start()
  await again.ui.openTable()
  await again.ui.rows().nth(2).waitFor()
  expect(await again.ui.page.locator('.servers .server').count()).toBe(1)
})

it('without a keychain the password can be kept for the session, and is asked for in the next', async () => {
  const jira = await startJira({ synchronizations: 2 })
  const desk = await openDesk()
  const first = await desk.start(NO_KEYRING)
  await first.ui.at('first-add').click()
  await first.ui.fillServer(entryOf(jira, 'Vienna'))
  await first.ui.save()
  await first.ui.dialog.getByText('This computer offers no keychain').waitFor()
  await first.ui.at('session-only').click()
  await first.ui.row('INT-2').waitFor()
  await first.app.quit()

  const second = await desk.start(NO_KEYRING)
  await second.ui.openTable()
  await second.ui.at('trouble-line').getByText('Vienna: password needed').waitFor()
  await second.ui.row('INT-2').waitFor()
})

it('a certificate that is not trusted is shown with its fingerprint, and trusted for that server alone', async () => {
  const tls = await makeCertificate()
  const jira = await startJira({ synchronizations: 3, tls })
  const { ui } = await startEmpty()
  await ui.at('first-add').click()
  await ui.fillServer(entryOf(jira, 'Vienna'))
  await ui.at('test-connection').click()
  await ui.waitForAttribute(ui.step('tls'), 'data-verdict', 'failed')
  await ui.at('certificate').getByText(new X509Certificate(tls.cert).fingerprint256).waitFor()
  expect(jira.seen).toEqual([])
  await ui.at('trust-certificate').click()
  await ui.at('certificate').getByText('It will be trusted for this server.').waitFor()
  await ui.at('test-connection').click()
  await ui.waitForAttribute(ui.step('rights'), 'data-verdict', 'passed')
  await ui.save()
  await ui.page.getByText('3 of 3').waitFor()
})

it('a pasted list is shown, added and tested: what has not been read yet is marked, and a wrong password is refused once', async () => {
  const jiras = [
    await startJira({ synchronizations: 3, tls: await makeCertificate() }),
    await startJira({ synchronizations: 2, seed: 2, tls: await makeCertificate() }),
  ] as const
  const [right, wrong] = jiras
  const names = jiras.map(({ baseUrl }) => new URL(baseUrl).host) as [string, string]
  const { ui } = await startEmpty()
  await ui.at('first-import').click()
  await ui.at('server-list').locator('textarea').fill([right.baseUrl, 'javascript:alert(1)', wrong.baseUrl].join('\n'))
  await ui.at('preview-list').click()
  await ui.at('listed-server').nth(2).waitFor()
  expect(await ui.at('listed-server').count()).toBe(3)
  await ui.at('listed-problem').getByText('must begin with https://').waitFor()
  await ui.at('add-listed').getByText('Add 2 servers').click()

  // They can be tested at once; without passwords, nobody logs in.
  const tests = ui.at('test-servers')
  await ui.at('test-all').click()
  await ui.at('test-summary').getByText('2 of 2').waitFor()
  expect(jiras.flatMap(({ seen }) => seen).filter(({ user }) => user !== null)).toEqual([])
  await ui.at('close').click()
  await tests.waitFor({ state: 'detached' })

  // Both stand on the left, and the table says why it is empty, and helps.
  for (const name of names) await ui.server(name).getByText('not read yet').waitFor()
  await ui.at('empty-table').getByText('Not read yet: 2 servers have no credentials').waitFor()
  const form = ui.at('server-dialog')
  for (const [index, password] of [SECRETS.password, SECRETS.wrong].entries()) {
    await ui
      .at('enter-credentials')
      .getByText(names[index] ?? '')
      .click()
    await ui.at('test-connection').click()
    await ui.at('trust-certificate').click()
    await form.getByLabel('User name').fill('admin')
    await form.getByLabel('Password', { exact: true }).fill(password)
    await ui.save()
    await form.waitFor({ state: 'detached' })
    if (index === 0) await ui.server(names[1]).getByRole('button').first().click()
  }
  await ui.at('trouble-line').getByText(`${names[1]}: log-in refused`).waitFor()
  await ui.at('nav-synchronizations').click()
  await ui.page.getByText('3 of 3').waitFor()

  await ui.at('open-palette').click()
  await ui.page.keyboard.type('test all servers')
  await ui.page.keyboard.press('Enter')
  await ui.at('test-all').click()
  await ui.at('test-summary').getByText('2 of 2').waitFor()
  await ui.at(`tested-${names[0]}`).getByText('All is well.').waitFor()
  await ui.at(`tested-${names[1]}`).getByText('was not repeated').waitFor()
  expect(jiras.map((jira) => jira.failedLogIns('admin'))).toEqual([0, 1])
})
