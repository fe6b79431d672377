import type { Locator } from 'playwright-core'
import { expect, it, onTestFinished } from 'vitest'
import { jiraAnswer } from '../support/jira-answer.ts'
import type { Bridge } from '../../src-contract/bridge.ts'
import { PSEUDO_LANGUAGE } from '../../src-contract/messages/pseudo.ts'
import { entryOf, startEmpty, startJira } from './support.ts'
import { makeCertificate } from '../support/certificates.ts'

/** Where an element is, in whole pixels, once the opening animation is over. */
async function placeOf(locator: Locator): Promise<{ x: number; y: number }> {
  await locator
    .page()
    .waitForFunction(() =>
      document
        .getAnimations()
        .every(({ playState, effect }) => playState !== 'running' || effect?.getComputedTiming().endTime === Infinity),
    )
  const { x, y } = (await locator.boundingBox()) ?? { x: -1, y: -1 }
  return { x: Math.round(x), y: Math.round(y) }
}

it.each([
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
  { width: 1024, height: 640 },
  { width: 640, height: 400 },
])('the server dialog and its buttons stay where they are while results arrive ($width × $height)', async (size) => {
  const tls = await makeCertificate()
  const [jira, encrypted] = [await startJira({ synchronizations: 5 }), await startJira({ tls })]
  const { ui } = await startEmpty()
  await ui.at('first-add').click()
  await ui.page.setViewportSize(size)
  const [title, save] = [ui.dialog.getByRole('heading', { level: 2 }), ui.at('save-server')]
  const places = async () => ({ title: await placeOf(title), save: await placeOf(save) })
  const before = await places()
  const box = await save.boundingBox()
  expect((box?.y ?? Infinity) + (box?.height ?? 0)).toBeLessThanOrEqual(size.height - 16)

  await ui.fillServer(entryOf(jira, 'Vienna'))
  expect(await places()).toEqual(before)
  await ui.at('test-connection').click()
  await ui.step('connection').waitFor()
  expect(await places()).toEqual(before)
  await ui.waitForAttribute(ui.step('rights'), 'data-verdict', 'passed')
  expect(await places()).toEqual(before)

  // The longest result of a test: a certificate to decide about.
  await ui.fillServer(entryOf(encrypted, 'Vienna'))
  await ui.at('test-connection').click()
  await ui.at('trust-certificate').waitFor()
  expect(await places()).toEqual(before)
  await ui.at('trust-certificate').click()
  expect(await places()).toEqual(before)
})

it('a button that waits keeps its width', async () => {
  const jira = await startJira({ synchronizations: 2, latencyMs: 300 })
  const { ui } = await startEmpty()
  await ui.at('first-add').click()
  await ui.fillServer(entryOf(jira, 'Vienna'))
  const test = ui.at('test-connection')
  const width = async (): Promise<number | undefined> => {
    await placeOf(test)
    return (await test.boundingBox())?.width
  }
  const before = await width()
  await test.click()
  await test.and(ui.page.locator('.n-button--loading')).waitFor()
  expect(await width()).toBe(before)
})

it('a refused setting that is folded away is brought into sight, and nothing else is said', async () => {
  const { ui } = await startEmpty()
  await ui.at('first-add').click()
  await ui.fillServer({ address: 'https://jira.example', name: 'Vienna', user: 'admin', password: 'x' })
  const [unfold, certificate] = [
    ui.dialog.locator('summary').first(),
    ui.dialog.getByLabel('Own certificate authority'),
  ]
  await unfold.click()
  await certificate.fill('no certificate')
  await unfold.click()
  await certificate.waitFor({ state: 'hidden' })
  await ui.save()
  await certificate.and(ui.page.locator(':focus')).waitFor()
  await ui.dialog.getByText('Paste the certificate as PEM').waitFor()
  expect(await ui.page.getByText(/internal error|Something went wrong/).count()).toBe(0)
})

it('a failure that arrives in a small dialog moves none of its buttons, and is in sight', async () => {
  const jira = await startJira({ synchronizations: 2 })
  const { ui } = await startEmpty()
  await ui.addServer(entryOf(jira, 'Vienna'))
  await ui.openRow('INT-2')
  await ui.chooseInPanelMenu('Delete')
  await ui.dialog.getByLabel('Type INT-2 to confirm').fill('INT-2')
  const confirm = ui.at('confirm-delete')
  const before = await placeOf(confirm)
  jira.faults.add({
    method: 'DELETE',
    path: '/integrations/INT-2',
    fault: jiraAnswer('No '.repeat(200), 403),
  })
  await confirm.click()
  const failure = ui.dialog.getByRole('alert')
  await failure.waitFor()
  expect(await placeOf(confirm)).toEqual(before)
  const [told, dialog] = [await failure.boundingBox(), await ui.dialog.boundingBox()]
  expect(told?.y).toBeGreaterThan(dialog?.y ?? Infinity)
  expect((told?.y ?? Infinity) + (told?.height ?? 0)).toBeLessThanOrEqual(before.y)
})

it('choices that do not fit beside each other take further lines, each of them whole, in line with their label', async () => {
  const { ui } = await startEmpty()
  const speak = async (language: string): Promise<void> => {
    await ui.page.evaluate(async (chosen) => {
      const { request } = (globalThis as unknown as { readonly syncdeck: Bridge }).syncdeck
      await request['settings:set']({ language: chosen })
    }, language)
    await ui.page.waitForFunction((chosen) => document.documentElement.lang === chosen, language)
  }
  onTestFinished(() => speak('en'))
  await speak(PSEUDO_LANGUAGE)
  await ui.at('first-add').click()
  const groups = ui.dialog.getByRole('radiogroup')
  await groups.first().waitFor()
  const lines: number[] = []
  for (const group of await groups.all()) {
    const { frame, label, segments } = await group.evaluate((element) => {
      const boxOf = (of: Element | null) => {
        const { top, right, bottom, left } = of?.getBoundingClientRect() ?? new DOMRect()
        return { top, right, bottom, left }
      }
      const labelId = element.getAttribute('aria-labelledby') ?? ''
      const radios = [...element.querySelectorAll('label')]
      return { frame: boxOf(element), label: boxOf(document.getElementById(labelId)), segments: radios.map(boxOf) }
    })
    const [first] = segments
    expect(Math.abs((first?.top ?? 0) + (first?.bottom ?? 0) - label.top - label.bottom)).toBeLessThan(4)
    for (const [index, segment] of segments.entries()) {
      expect(segment.left).toBeGreaterThan(frame.left)
      expect(segment.right).toBeLessThan(frame.right)
      expect(segment.bottom).toBeLessThan(frame.bottom)
      for (const other of segments.slice(index + 1))
        expect(other.left - segment.right > 0 || other.top - segment.bottom > 0).toBe(true)
    }
    lines.push(new Set(segments.map(({ top }) => top)).size)
  }
  expect(Math.max(...lines)).toBeGreaterThan(1)
})

it('Escape and the cross throw nothing away that was typed without asking, and the focus stays with what is to be done', async () => {
  const jira = await startJira({ synchronizations: 2 })
  const { ui } = await startEmpty()
  await ui.addServer(entryOf(jira, 'Vienna'))
  await ui.at('create-synchronization').click()
  await ui.at('create-dialog').waitFor()
  await ui.page.keyboard.type('Portal')
  const name = ui.dialog.getByLabel('Name')
  const buttons = async () => (await placeOf(ui.at('create'))).y
  const before = await buttons()
  await ui.page.keyboard.press('Escape')
  await ui.at('leave-question').waitFor()
  expect((await placeOf(ui.at('keep-editing'))).y).toBe(before)
  // The harmless one has the focus; Escape is harmless too.
  await ui.page.keyboard.press('Enter')
  await ui.at('leave-question').waitFor({ state: 'detached' })
  await ui.page.keyboard.type(' 2')
  expect(await name.inputValue()).toBe('Portal 2')
  await ui.page.keyboard.press('Escape')
  await ui.at('leave-question').waitFor()
  await ui.page.keyboard.press('Escape')
  await ui.at('leave-question').waitFor({ state: 'detached' })
  await ui.dialog.getByRole('button', { name: 'Close' }).click()
  await ui.at('discard-typed').click()
  await ui.dialog.waitFor({ state: 'detached' })

  await ui.at('create-synchronization').click()
  await ui.at('create-dialog').waitFor()
  await ui.page.keyboard.press('Escape')
  await ui.dialog.waitFor({ state: 'detached' })
})
