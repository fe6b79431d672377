import { StickyNote } from '@lucide/vue'
import { h, type FunctionalComponent, type VNodeChild } from 'vue'
import { inherited, isEmptyNote, type Note, type Noted } from '#contract/noted.ts'
import { nameOrder } from '../text/spoken.ts'
import { t } from '../text/t.ts'

/** Of a note’s text in a tooltip, in characters. */
const MOST_SHOWN = 300
/** Of the first tag beside a long name, in characters. */
const MOST_OF_FIRST = 12

/** Tags as chips, and all of them in words for who points at them. */
export interface TagMarks {
  readonly title: string
  readonly chips: readonly VNodeChild[]
}

/**
 * The tags that count for a synchronization: its own, then those that it has from its server alone, dashed. Rendered by
 * functions, because a table renders forty rows on each screen.
 */
export function tagMarks(own: readonly string[] = [], ofServer: readonly string[] = []): TagMarks {
  const tags = inOrder(own, ofServer)
  const chip = (tag: string, index: number): VNodeChild =>
    h('bdi', { class: ['row-tag', index < own.length ? '' : 'of-server'] }, tag)
  return { title: tags.join(', '), chips: tags.map(chip) }
}

/** Tags on the line of a name: they give way to it. Null if there are none. */
function tagLine(own: readonly string[] = [], ofServer: readonly string[] = []): VNodeChild {
  if (own.length === 0 && ofServer.length === 0) return null
  const { title, chips } = tagMarks(own, ofServer)
  const length = Math.min(inOrder(own, ofServer)[0]?.length ?? 0, MOST_OF_FIRST)
  return h('span', { class: 'cut row-tags', title, style: { '--first-tag': length } }, [...chips])
}

function inOrder(own: readonly string[], ofServer: readonly string[]): readonly string[] {
  const order = nameOrder()
  return [...own.toSorted(order), ...inherited(own, ofServer).toSorted(order)]
}

/** A sign beside a name that there is a note, which it tells to who points at it. */
export function noteSign(note: Note | undefined): VNodeChild {
  if (note === undefined || isEmptyNote(note)) return null
  const label = t('notes.fields.text')
  return h('span', { class: 'note-sign', role: 'img', 'aria-label': label, title: noteWords(note) }, [
    h(StickyNote, { size: 14, strokeWidth: 1.75, 'aria-hidden': 'true' }),
  ])
}

/** What is noted of a synchronization, with the tags of its server, or of a server: marks on the line of its name. */
export function notedMarks({ tags, note }: Noted, ofServer?: readonly string[]): VNodeChild[] {
  return [tagLine(tags, ofServer), noteSign(note)]
}

/** The same in a template. */
export const NotedMarks: FunctionalComponent<{ noted: Noted; ofServer?: readonly string[] | undefined }> = ({
  noted,
  ofServer,
}) => notedMarks(noted, ofServer)
NotedMarks.props = ['noted', 'ofServer']

/** A note in lines, each with its name. */
function noteWords(note: Note): string {
  const text = note.text.length > MOST_SHOWN ? `${note.text.slice(0, MOST_SHOWN)}…` : note.text
  const fields = (['owner', 'contact', 'runbook'] as const)
    .filter((field) => note[field] !== '')
    .map((field) => t('ui.facet.chosen', { name: t(`notes.fields.${field}`), values: note[field] }))
  return [...fields, ...(text === '' ? [] : [text])].join('\n')
}
