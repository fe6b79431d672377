import { writeFile } from 'node:fs/promises'
import { dialog } from 'electron'

/** Asks where to save a text, and saves it there. Resolves with the path, or null when the user chose not to. */
export async function saveWithDialog(suggestedName: string, text: string): Promise<string | null> {
  const { canceled, filePath } = await dialog.showSaveDialog({ defaultPath: suggestedName })
  if (canceled || filePath === '') return null
  await writeFile(filePath, text)
  return filePath
}

/** Lets the user choose a JSON file. Resolves with its path, or null when they chose none. */
export async function chooseWithDialog(): Promise<string | null> {
  const { canceled, filePaths } = await dialog.showOpenDialog({
    properties: ['openFile'],
    filters: [{ name: 'JSON', extensions: ['json'] }],
  })
  return canceled ? null : (filePaths[0] ?? null)
}
