import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { say, speak } from '../../src-main/text/say.ts'
import { message } from '../../src-contract/messages/message.ts'
import { show } from './support.ts'

const ROOT = resolve(import.meta.dirname, '../..')
/** Inside of the project, so that its packages are found. */
const COPY = join(ROOT, 'out/language-example')
/** What a translator began with. */
const FRENCH = { app: { stale: { title: 'L’affichage n’est plus à jour.' } } }

beforeAll(() => {
  rmSync(COPY, { recursive: true, force: true })
  mkdirSync(COPY, { recursive: true })
  for (const folder of ['src-contract', 'src-renderer'])
    cpSync(join(ROOT, folder), join(COPY, folder), { recursive: true })
  cpSync(join(ROOT, 'tsconfig.base.json'), join(COPY, 'tsconfig.base.json'))
  const { imports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { imports: unknown }
  writeFileSync(join(COPY, 'package.json'), JSON.stringify({ type: 'module', imports }))
  writeFileSync(join(COPY, 'src-contract/messages/fr.json'), JSON.stringify(FRENCH))
})
afterAll(() => rmSync(COPY, { recursive: true, force: true }))

/** A module of the copy. */
const copyOf = <T>(path: string): Promise<T> => import(/* @vite-ignore */ join(COPY, path)) as Promise<T>

it('a file of French messages is all that a French window and a French main process need', async () => {
  vi.spyOn(navigator, 'languages', 'get').mockReturnValue(['fr-CA', 'en'])
  const [{ default: FaultNote }, { useFaults }, { languages }] = await Promise.all([
    copyOf<typeof import('../../src-renderer/app/FaultNote.vue')>('src-renderer/app/FaultNote.vue'),
    copyOf<typeof import('../../src-renderer/app/faults.ts')>('src-renderer/app/faults.ts'),
    copyOf<typeof import('../../src-contract/messages/languages.ts')>('src-contract/messages/languages.ts'),
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
    speak({}, [])
  }
})
