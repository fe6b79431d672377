import type { DraftField } from '#contract/editing.ts'
import { shownText } from '#contract/shown-text.ts'
import { targetStateOf, type JobStep, type JobTarget, type TargetState } from '#contract/jobs.ts'
import { draftFieldNames } from '../backbone/integration-fields.ts'
import { dateText, spokenLanguage, t } from '../text/say.ts'
import { mapInSlices } from '../time-slice.ts'
import { jobTitle, worded, type Exported } from '../export/job-file.ts'

/** What needs somebody comes first. */
const ORDER: readonly TargetState[] = ['failed', 'unknown', 'underWay', 'waiting', 'left', 'leftOut', 'done']

/** Nothing in it runs, and nothing is fetched, whatever a name or an answer of a server holds. */
const POLICY = ["default-src 'none'", "style-src 'unsafe-inline'"].join(';')

const STYLE = [
  'body{max-width:1100px;margin:32px auto;padding:0 24px;color:#1b1f26;background:#fff;font:14px/1.45 system-ui,sans-serif}',
  'h1{margin:0 0 4px;font-size:22px}',
  'p{margin:2px 0}',
  'ul{display:flex;flex-wrap:wrap;gap:4px 20px;margin:16px 0;padding:0;list-style:none;font-size:16px}',
  'table{width:100%;margin-bottom:12px;border-collapse:collapse}',
  'thead{display:table-header-group}',
  'tr{break-inside:avoid}',
  'th,td{max-width:480px;padding:6px 12px 6px 0;border-bottom:1px solid #d9dde3;text-align:start;vertical-align:top;overflow-wrap:break-word}',
  'th{color:#59616d;font-weight:500}',
  '.state{font-weight:600;white-space:nowrap}',
  '.failed{color:#b3151f}',
  '.unknown{color:#7d5600}',
  '.done{color:#17713a}',
  '.quiet{color:#59616d;font-size:12px}',
  'code{font:12px ui-monospace,monospace;white-space:nowrap}',
].join('')

/**
 * The result of a job as a page that needs nothing else, to be read, printed or sent: the outcome for each
 * synchronization, those that need somebody first. Holds no secret, as nothing that a job keeps does.
 */
export async function jobReport(job: Exported): Promise<string> {
  const title = escaped(jobTitle(job))
  const byState = Map.groupBy(job.targets, targetStateOf)
  const states = ORDER.filter((state) => byState.has(state))
  const counts = states.map((state) => {
    const count = byState.get(state)?.length ?? 0
    return element('li', { class: state }, escaped(t(`jobs.counts.${state}`, { count })))
  })
  const times = (['begun', 'ended'] as const).flatMap((name) => {
    const at = job[`${name}At`]
    return at === null ? [] : [element('p', {}, escaped(`${t(`export.jobs.${name}`)}: ${dateText(at)}`))]
  })
  const hasChanges = job.targets.some(({ changes }) => changes.length > 0)
  const columns = [
    'outcome',
    'server',
    'key',
    'name',
    'before',
    ...(hasChanges ? ['changes' as const] : []),
    'result',
  ] as const
  const heads = columns.map((column) => element('th', { scope: 'col' }, escaped(t(`export.jobs.${column}`))))
  const targets = states.flatMap((state) => byState.get(state) ?? [])
  const rows = await mapInSlices(targets, (target) => rowOf(target, hasChanges))
  const head = [
    start('meta', { charset: 'utf-8' }),
    start('meta', { 'http-equiv': 'Content-Security-Policy', content: POLICY }),
    element('title', {}, title),
    element('style', {}, STYLE),
  ]
  const body = [
    element('h1', {}, title),
    ...times,
    element('ul', {}, ...counts),
    element('table', {}, element('thead', {}, element('tr', {}, ...heads)), element('tbody', {}, ...rows)),
    element('p', { class: 'quiet' }, escaped(t('export.jobs.madeBy'))),
  ]
  return `<!DOCTYPE html>\n${element('html', { lang: spokenLanguage() }, element('head', {}, ...head), element('body', {}, ...body))}\n`
}

function rowOf(target: JobTarget, hasChanges: boolean): string {
  const { server, key, name, before, outcome, result, changes, copy } = worded(target)
  const byHand = (copy?.byHand ?? []).map(({ side, part, was }) => `${side} ${part}: ${was}`)
  const copied = copy === null ? [] : [`${t('export.jobs.copyKey')}: ${copy.server} ${copy.key}`]
  const sent = target.steps.flatMap((step) => sentWords(step) ?? []).join(' · ')
  return element(
    'tr',
    {},
    element('td', { class: `state ${targetStateOf(target)}` }, escaped(outcome)),
    cell([server]),
    element('td', {}, element('code', {}, escaped(key))),
    cell([name]),
    cell([before]),
    ...(hasChanges ? [cell(changes.map(({ field, from, to }) => `${fieldWords(field)}: ${from} → ${to}`))] : []),
    cell(
      [...result.split('\n'), ...copied, ...(byHand.length === 0 ? [] : [t('export.jobs.byHand'), ...byHand])],
      sent,
    ),
  )
}

/** What became of a request; null if it was not sent. */
function sentWords({ name, outcome }: Pick<JobStep, 'name' | 'outcome'>): string | null {
  if (outcome === 'done' || outcome === 'failed') return t(`jobs.steps.${name}.${outcome}`)
  return outcome === 'unknown' ? t('jobs.steps.unknown', { words: t(`jobs.steps.${name}.doing`) }) : null
}

function fieldWords(field: DraftField): string {
  const words = t(`tasks.field.bare.${draftFieldNames[field]}`)
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** `more`: in small print below. */
function cell(lines: readonly string[], more = ''): string {
  const small = more === '' ? '' : element('div', { class: 'quiet' }, escaped(more))
  return element('td', {}, lines.map(escaped).join('<br>'), small)
}

/** `content`: escaped, or elements. */
function element(name: string, attributes: Readonly<Record<string, string>>, ...content: readonly string[]): string {
  return `${start(name, attributes)}${content.join('')}</${name}>`
}

function start(name: string, attributes: Readonly<Record<string, string>>): string {
  const parts = Object.entries(attributes).map(([attribute, value]) => ` ${attribute}="${escaped(value)}"`)
  return `<${name}${parts.join('')}>`
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text of any origin, as the text of an element or the value of an attribute in quotes. */
function escaped(text: string): string {
  return shownText(text).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
}
