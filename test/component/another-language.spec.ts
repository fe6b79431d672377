import { writeFileSync } from 'node:fs'
import { expect, it, vi } from 'vitest'
import english from '../../src-contract/messages/en.json' with { type: 'json' }
import { say, speak } from '../../src-main/text/say.ts'
import { message } from '../../src-contract/messages/message.ts'
import { copySources } from './changed-sources.ts'
import { show } from './support.ts'

/** What a translator began with. */
const FRENCH = { app: { stale: { title: 'L’affichage n’est plus à jour.' } } }

const sources = copySources('language-example')
writeFileSync(sources.path('src-contract/messages/fr.json'), JSON.stringify(FRENCH))

it('a file of French messages is all that a French window and a French main process need', async () => {
  vi.spyOn(navigator, 'languages', 'get').mockReturnValue(['fr-CA', 'en'])
  const [{ default: FaultNote }, { useFaults }, { languages }] = await Promise.all([
    sources.load<typeof import('../../src-renderer/app/FaultNote.vue')>('src-renderer/app/FaultNote.vue'),
    sources.load<typeof import('../../src-renderer/app/faults.ts')>('src-renderer/app/faults.ts'),
    sources.load<typeof import('../../src-contract/messages/languages.ts')>('src-contract/messages/languages.ts'),
  ])
  const note = show(FaultNote, {}, () => {
    useFaults().setStale(new Error('Why.'))
  })
  expect(note.get('[data-test=window-stale]').text()).toBe(
    'L’affichage n’est plus à jour. Why. Syncdeck keeps trying to reload it.',
  )
  try {
    speak(languages, ['fr-CA', 'en'])
    expect(say(message('app.stale.title'))).toBe('L’affichage n’est plus à jour.')
    expect(say(message('app.fault.message'))).toBe('Something went wrong in Syncdeck. What you see may be incomplete.')
  } finally {
    speak({ en: english }, [])
  }
})
