import { describe, expect, it } from 'vitest'
import { isBlank, shownText } from '../../src-contract/shown-text.ts'
import { readConflicts } from '../../src-main/backbone/conflicts.ts'
import { toCsv } from '../../src-main/export/csv.ts'
import { readableText } from '../../src-main/http/response-verdict.ts'
import { addServer, startJira, startMain } from '../support/services.ts'
import { until } from '../../tools/until.ts'
import { spoken } from '../support/said.ts'

const OVERRIDE = '\u202E'

describe('a foreign text', () => {
  it.each(['\u202A', '\u202B', '\u202C', '\u202D', OVERRIDE, '\u2066', '\u2067', '\u2068', '\u2069'])(
    'names what would turn its surroundings around: %j',
    (control) => {
      const code = control.charCodeAt(0).toString(16).toUpperCase()
      expect(shownText(`paid${control}gpj.exe${control}`)).toBe(`paid[U+${code}]gpj.exe[U+${code}]`)
    },
  )

  it.each(['', 'Sales <> Support', 'مشروع المبيعات', 'עברית \u200F', '𝒮ales 👩‍👩‍👧', 'a\tb\nc'])(
    'is shown as it is otherwise: %j',
    (text) => {
      expect(shownText(text)).toBe(text)
    },
  )

  it.each(['', ' ', '\u00A0\u2003', '\u200B', '\uFEFF\u2060', '\u2800', '\u3164\u115F', '\n\t', '\u0000'])(
    'of nothing that can be seen is blank: %j',
    (text) => {
      expect(isBlank(text)).toBe(true)
      expect(isBlank(`${text}x`)).toBe(false)
    },
  )
})

describe('no text of a server turns its surroundings around', () => {
  it('in the table, in the panel, in notifications and in the list of tasks', async () => {
    const jira = await startJira({ synchronizations: 2, embedsStatus: true })
    const main = startMain()
    const serverId = await addServer(main, jira)
    await main.ask('synchronizations:refresh', { serverId })
    const entry = jira.entry('INT-2')
    entry.integration.summary = `Sales${OVERRIDE}dekcatta`
    entry.status = { ...entry.status, status: `GONE${OVERRIDE}` }
    jira.entry('INT-3').integration.summary = ' \u200B\u2800 '
    await main.ask('synchronizations:refresh', { serverId })
    const [row, blank] = await main.rows()
    expect(spoken(row)).toMatchObject({ summary: 'Sales[U+202E]dekcatta', state: 'GONE[U+202E]' })
    expect(blank).toMatchObject({ key: 'INT-3', summary: '' })
    expect(spoken(await main.ask('synchronizations:detail', { serverId, key: 'INT-2' }))).toMatchObject({
      state: 'GONE[U+202E]',
      // The editable text is the real one.
      summary: `Sales${OVERRIDE}dekcatta`,
    })
    await main.ask('synchronizations:start', { targets: [{ serverId, key: 'INT-2' }] })
    await until('a task', async () => (await main.ask('tasks:list', {})).length > 0)
    const shown = [main.told, await main.ask('notifications:list', {}), await main.ask('tasks:list', {})]
    expect(JSON.stringify(spoken(shown))).not.toContain(OVERRIDE)
  })

  it('in conflicts, in exports and in its own words', async () => {
    expect(
      JSON.stringify(
        (
          await readConflicts(
            [{ message: `a${OVERRIDE}b`, severity: OVERRIDE, type: OVERRIDE, field: OVERRIDE }, OVERRIDE + 'c'],
            [],
          )
        ).conflicts.map(({ raw: _raw, ...rest }) => rest),
      ),
    ).not.toContain(OVERRIDE)
    expect(await toCsv(['a'], [[`=1${OVERRIDE}`], [`x${OVERRIDE}`]], (row) => row)).toBe(
      "a\r\n'=1[U+202E]\r\nx[U+202E]\r\n",
    )
    expect(readableText(`<html>no${OVERRIDE}</html>`)).toBe('no[U+202E]')
  })
})
