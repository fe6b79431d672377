import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { requestChannels } from '../../src-contract/channels.ts'
import { requests } from '../../src-contract/contract.ts'
import { createFileLogger, readLog } from '../../src-main/logging/logger.ts'
import { scratchFolder } from '../support/scratch.ts'
import { addServer, startJira, startMain } from '../support/services.ts'
import { jiraAnswer } from '../support/jira-answer.ts'

interface Action {
  readonly type?: string
  readonly pipe?: readonly Action[]
}

/** The actions of a pipe; a pipe may begin with a schema that has a pipe of its own. */
function actionsOf(pipe: readonly Action[]): Action[] {
  return pipe.flatMap((action, at) => (at > 0 || action.pipe === undefined ? [action] : actionsOf(action.pipe)))
}

/** Texts, lists and numbers of a schema that have no limit, by their path. */
function unbounded(schema: unknown, path: string): string[] {
  if (typeof schema !== 'object' || schema === null) return []
  const {
    type,
    pipe = [],
    entries,
    item,
    wrapped,
    options,
    key,
    value,
  } = schema as Record<string, unknown> & { pipe?: readonly Action[] }
  const limit = { string: 'max_length', array: 'max_length', number: 'max_value' }[String(type)]
  const own = limit !== undefined && !actionsOf(pipe).some((action) => action.type === limit) ? [path] : []
  return [
    ...own,
    ...Object.entries((entries ?? {}) as object).flatMap(([name, inner]) => unbounded(inner, `${path}.${name}`)),
    ...unbounded(item, `${path}[]`),
    ...unbounded(wrapped, path),
    ...(type === 'variant' || type === 'union'
      ? (options as unknown[]).flatMap((inner) => unbounded(inner, path))
      : []),
    ...unbounded(key, `${path}{}`),
    ...unbounded(value, `${path}{}`),
  ]
}

describe('what the page sends', () => {
  it('has a limit on every channel, for every text, every list and every number', () => {
    expect(requestChannels.flatMap((channel) => unbounded(requests[channel].args, channel))).toEqual([])
  })

  it.each([
    ['a text of ten megabytes', 'x'.repeat(10_000_000)],
    ['a list of two hundred thousand', Array.from({ length: 200_000 }, () => 'x')],
    ['an object a thousand levels deep', JSON.parse(`${'{"a":'.repeat(1000)}1${'}'.repeat(1000)}`) as unknown],
    [
      'a polluting prototype',
      JSON.parse('{"__proto__":{"isPolluted":true},"constructor":{"prototype":{"isPolluted":true}}}') as unknown,
    ],
    [
      'a polluting prototype within',
      JSON.parse(
        '{"serverId":{"__proto__":{"isPolluted":true}},"ref":{"__proto__":{"isPolluted":true}},"input":{"__proto__":{"isPolluted":true}}}',
      ) as unknown,
    ],
    ['something that is not an object', 7],
  ])('and is %s, is refused on every channel that takes anything, and changes nothing', async (_name, args) => {
    const main = startMain()
    const jira = await startJira({ synchronizations: 1 })
    await addServer(main, jira)
    const kept = async () =>
      JSON.stringify([
        (await main.ask('servers:list', {})).map(({ id, name, baseUrl, credential }) => ({
          id,
          name,
          baseUrl,
          credential,
        })),
        await main.ask('settings:get', {}),
      ])
    const before = await kept()
    for (const channel of requestChannels) {
      const given =
        typeof args === 'string' || Array.isArray(args)
          ? Object.fromEntries(
              [
                'serverId',
                'text',
                'address',
                'testId',
                'ref',
                'input',
                'targets',
                'typedKey',
                'password',
                'planId',
              ].map((name) => [name, args]),
            )
          : args
      await expect(main.ask(channel, given as never), channel).rejects.toMatchObject({
        data: { code: 'ipc.invalid-args' },
      })
    }
    expect(({} as { isPolluted?: boolean }).isPolluted).toBeUndefined()
    expect(await kept()).toBe(before)
    expect(jira.seen).toEqual([])
  })
})

describe('what a server sends', () => {
  const item = (more: object): object => ({
    integrationKey: 'INT-2',
    summary: 'A',
    distributed: false,
    lastModifiedDate: '2026-03-01',
    ...more,
  })
  const hostile: [string, string][] = [
    ['a prototype', `[${JSON.stringify(item({})).replace('{', '{"__proto__":{"isPolluted":true},')}]`],
    ['an object a hundred thousand levels deep', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
    ['a key that climbs', JSON.stringify([item({ integrationKey: '../../../../rest/api/2/user?username=admin#' })])],
    ['a key that is an object', JSON.stringify([item({ integrationKey: { toString: 'x' } })])],
    ['a name of a million characters', JSON.stringify([item({ summary: 'x'.repeat(1_000_000) })])],
    [
      'lone surrogates and control characters',
      `[${JSON.stringify(item({})).replace('"A"', '"\\ud800\\u0000\\u001b[31m\\r\\n\\u202e"')}]`,
    ],
    ['numbers beyond all bounds', `[${JSON.stringify(item({})).replace('"A"', '1e999')}]`],
    ['the same key a thousand times', JSON.stringify(Array.from({ length: 1000 }, () => item({})))],
  ]

  it.each(hostile)('%s, as a list, harms nothing, and the next reading is right', async (_name, body) => {
    const jira = await startJira({ synchronizations: 2, embedsStatus: true })
    const main = startMain()
    const serverId = await addServer(main, jira)
    jira.faults.add({
      path: '/integrations',
      times: 1,
      fault: jiraAnswer(body),
    })
    await main.ask('synchronizations:refresh', { serverId })
    for (const row of await main.rows()) {
      await main
        .ask('synchronizations:detail', { serverId, key: row.key })
        .catch((error: unknown) =>
          expect(error).toMatchObject({ data: { message: expect.stringMatching(/\w/) as string } }),
        )
    }
    expect(({} as { isPolluted?: boolean }).isPolluted).toBeUndefined()
    // Nothing outside the API was asked for, whatever the key says.
    const isWhoAnswers = (path: string): boolean => path === '/rest/api/2/serverInfo'
    for (const { path, by } of jira.seen) {
      if (isWhoAnswers(path)) expect(by).toBeNull()
      else expect(path).toMatch(/^\/integrations(\/|$)/)
    }
    await main.ask('synchronizations:refresh', { serverId })
    expect((await main.rows()).map(({ key }) => key).sort()).toEqual([...jira.api.entries.keys()].sort())
  })

  it('stays one line of the log, whatever is in it', async () => {
    const folder = scratchFolder()
    createFileLogger(folder).write('warn', 'said', { text: 'a\r\n{"level":"info","event":"forged"}\u2028b' })
    const lines = readLog(folder, 10_000).trim().split('\n')
    expect(lines).toHaveLength(1)
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ event: 'said' })
  })
})

describe('a file that is imported', () => {
  it.each<[string, string | Buffer]>([
    ['that pollutes', '[{"__proto__":{"isPolluted":true}}]'],
    ['that is a hundred thousand levels deep', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
    ['that is no text', Buffer.from([0, 255, 254, 0, 1])],
    ['of thirty megabytes', Buffer.alloc(30_000_000, 0x20)],
    ['that is empty', ''],
  ])('%s is refused with words, and nothing is sent', async (_name, content) => {
    const path = join(scratchFolder(), 'links.json')
    writeFileSync(path, content)
    const jira = await startJira({ synchronizations: 1, seed: 3 })
    const main = startMain({ fileToChoose: () => path })
    const serverId = await addServer(main, jira)
    await main.ask('synchronizations:refresh', { serverId })
    const { connectorKey } = jira.entry('INT-2').integration.firstConnector
    await expect(main.ask('connectors:plan-import', { serverId, key: 'INT-2', connectorKey })).rejects.toMatchObject({
      data: { code: 'input.invalid', message: expect.stringContaining('links.json') as string },
    })
    expect(({} as { isPolluted?: boolean }).isPolluted).toBeUndefined()
    expect(jira.seen.filter(({ method }) => method !== 'GET')).toEqual([])
  })

  it('whose entries carry more than they should sends no prototype on', async () => {
    const path = join(scratchFolder(), 'links.json')
    writeFileSync(path, '[{"localIssueKey":"A-1","remoteIssueKey":"B-1","__proto__":{"isPolluted":true}}]')
    const jira = await startJira({ synchronizations: 1, seed: 3 })
    const main = startMain({ fileToChoose: () => path })
    const serverId = await addServer(main, jira)
    await main.ask('synchronizations:refresh', { serverId })
    const { connectorKey } = jira.entry('INT-2').integration.firstConnector
    const plan = await main.ask('connectors:plan-import', { serverId, key: 'INT-2', connectorKey })
    expect(plan?.fresh.count).toBe(1)
    expect(({} as { isPolluted?: boolean }).isPolluted).toBeUndefined()
  })
})
