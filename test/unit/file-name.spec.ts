import { posix, win32 } from 'node:path'
import { expect, it } from 'vitest'
import { suggestedFileName } from '../../src-main/export/file-name.ts'
import { timesYardstick } from '../support/processor-time.ts'
import { startMain } from '../support/services.ts'

it.each([
  ['INT-2.json', 'INT-2.json'],
  ['First Jira-links.csv', 'First Jira-links.csv'],
  ['../../.ssh/authorized_keys-links.csv', '____.ssh_authorized_keys-links.csv'],
  ['C:\\Windows\\a.json', 'C__Windows_a.json'],
  ['.bashrc.json', 'bashrc.json'],
  ['..json', 'syncdeck.json'],
  ['a\u0000b\nc\u202exe.json', 'a_b_c_xe.json'],
  ['con.json', '_con.json'],
  ['Äpfel & Birnen 🍐.json', 'Äpfel & Birnen 🍐.json'],
  ['\ud800.json', '_.json'],
])('%j is suggested as %j', (given, suggested) => {
  expect(suggestedFileName(given)).toBe(suggested)
})

it.each(['x'.repeat(300_000), '../'.repeat(100_000), '.'.repeat(100_000), '🍐'.repeat(100_000)])(
  'a name without end is one short name',
  async (text) => {
    let name = ''
    expect(await timesYardstick(() => (name = suggestedFileName(`${text}.json`)))).toBeLessThan(10)
    expect(Buffer.byteLength(name)).toBeLessThan(510)
    for (const path of [posix, win32]) expect(path.basename(name)).toBe(name)
    expect(name).toMatch(/^[^.].*\.json$/)
  },
)

it('is what the dialog is handed, whatever an export is called', async () => {
  const main = startMain()
  // The one way to a file that the channels have.
  await main.services.saveFile('../../.ssh/authorized_keys-links.csv', 'text')
  expect([...main.saved]).toEqual([['____.ssh_authorized_keys-links.csv', 'text']])
})
