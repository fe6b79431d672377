import type { SyncdeckPage } from '../launch/syncdeck-page.ts'

/** Notes what is worth knowing of the synchronization whose panel is open. */
export async function tourNote(
  ui: SyncdeckPage,
  picture: (name: string, shows: string) => Promise<void>,
): Promise<void> {
  await ui.panel.getByLabel('Add a tag').fill('ACME')
  await ui.page.keyboard.press('Enter')
  await ui.at('tag').getByText('ACME').waitFor()
  await ui.at('undo-close').click()
  await ui.at('edit-note').click()
  await ui.dialog.getByLabel('Owner').fill('Team Vienna')
  await ui.dialog.getByLabel('Note', { exact: true }).fill('Freeze until 2 Dec: ask Petra before a restart.')
  await picture('note', 'a tag and a note, which stay on this computer')
  await ui.at('save-note').click()
  await ui.dialog.waitFor({ state: 'detached' })
  await ui.at('undo-close').click()
}
