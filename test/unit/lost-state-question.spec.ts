import { expect, it } from 'vitest'
import { lostStateMessage } from '../../src-main/app/lost-state-question.ts'
import type { LostState } from '../../src-main/storage/lost-state.ts'

const folder = '/home/jo/.config/Syncdeck'
const copy = { name: 'state.backup-1772460000000.db', at: new Date(2026, 2, 2, 14, 0).getTime(), bytes: 4096 }

it.each<[LostState, string]>([
  ['missing', 'is missing'],
  ['empty', 'is empty'],
  ['without tables', 'has lost its content'],
  ['damaged', 'is damaged'],
])('says what was found and where: %s', (found, words) => {
  const { message, detail } = lostStateMessage({ found, copy, folder })
  expect(message).toBe(`The file state.db, in which Syncdeck keeps servers and settings, ${words}.`)
  expect(detail).toContain(`Folder: ${folder}. Nothing has been changed so far, and no choice deletes a file.`)
})

it('with a copy, Return uses it and Escape quits; each button has its words, and says what is lost by it', () => {
  const { answers, buttons, detail, defaultId, cancelId } = lostStateMessage({ found: 'damaged', copy, folder })
  expect([answers, buttons]).toEqual([
    ['use the copy', 'start empty', 'quit'],
    ['Use the copy', 'Start empty', 'Quit'],
  ])
  expect([answers[defaultId], answers[cancelId]]).toEqual(['use the copy', 'quit'])
  for (const button of buttons) expect(detail).toContain(`${button}: `)
  expect(detail).toContain(copy.name)
  expect(detail).toContain('2026')
  expect(detail).toContain('Later changes (servers, settings, drafts, the audit trail) are not in it.')
})

it('without a copy nothing is lost by a careless key: Return and Escape quit, and no copy is spoken of as if there were one', () => {
  const { answers, buttons, detail, defaultId, cancelId } = lostStateMessage({ found: 'missing', copy: null, folder })
  expect([answers, buttons]).toEqual([
    ['start empty', 'quit'],
    ['Start empty', 'Quit'],
  ])
  expect([answers[defaultId], answers[cancelId]]).toEqual(['quit', 'quit'])
  expect(detail).toContain('There is no intact copy that this version can read.')
  expect(detail).not.toMatch(/Use the copy|The copies are kept/)
})
