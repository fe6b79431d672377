import { describe, expect, it } from 'vitest'
import type { ConnectionForm, Draft } from '../../src-contract/editing.ts'
import type { BackboneApi } from '../../src-main/backbone/backbone-api.ts'
import { readIntegration } from '../../src-main/backbone/integration.ts'
import { Editor } from '../../src-main/editing/editor.ts'
import { previewRequest } from '../../src-main/editing/request-preview.ts'
import type { StoredServer } from '../../src-main/storage/server-table.ts'
import type { WriteIntent } from '../../src-main/tasks/intent.ts'

const REF = { serverId: 's', key: 'INT/2' }
const side = (projectKey: string, user: string) => ({
  projectKey,
  connection: { application: { baseUrl: `https://${projectKey.toLowerCase()}.example`, user } },
})
const OBJECT = {
  integrationKey: REF.key,
  summary: 'Old',
  description: 'About it',
  firstConnector: side('AP', 'anna'),
  secondConnector: side('PB', 'ben'),
}
const SERVER = {
  id: 's',
  baseUrl: 'https://jira.example',
  apiPath: '/api',
  credential: { kind: 'basic', user: "o'neil" },
} as StoredServer

/** An editor over a server that answers with this object, and what it sends. */
function open(object: unknown = OBJECT) {
  const begun: { operation: string; intent: WriteIntent }[] = []
  const sent: unknown[] = []
  const read: unknown[] = []
  const api = {
    detail: async (key: string, freshness: unknown) => {
      read.push([key, freshness])
      return object
    },
    update: async (key: string, body: unknown) => void sent.push([key, body]),
    updateConnection: async (key: string, body: unknown) => void sent.push([key, body]),
  } as unknown as BackboneApi
  const editor = new Editor({
    registry: { get: () => SERVER },
    connections: { get: () => ({ api }) as never },
    directory: { get: () => ({ integration: readIntegration(object) }) as never },
    tasks: {
      beginWrite: (operation, _ref, intent, { send }) => {
        begun.push({ operation, intent })
        void send(api)
        return 'task'
      },
    },
  })
  return { editor, begun, sent, read }
}
const draft = (values: Draft['values'], base: Draft['base'] = { summary: 'Old', description: 'About it' }): Draft => ({
  base,
  values,
})
const PASSWORD = 'secondConnector.connection.application.password'

describe('a draft that is applied', () => {
  it('sends what was changed, and remembers what of it the server did not show before', async () => {
    const { editor, begun, sent, read } = open()
    const result = await editor.applyEdit(REF, draft({ summary: 'New', description: 'About it' }), { [PASSWORD]: '' })
    expect(result).toEqual({ kind: 'started', taskId: 'task' })
    expect(read, 'what is compared is read for this').toEqual([[REF.key, { isFresh: true }]])
    expect(sent).toEqual([[REF.key, { integrationKey: REF.key, summary: 'New', description: 'About it' }]])
    expect(begun).toEqual([
      {
        operation: 'update',
        intent: { fields: { summary: 'New', description: 'About it' }, changed: ['summary'], unseen: [] },
      },
    ])
  })

  it('may be a password alone, which no reading shows', async () => {
    const { editor, begun, sent } = open()
    await editor.applyEdit(REF, draft({}), { [PASSWORD]: 'secret' })
    expect(begun).toEqual([{ operation: 'update', intent: { fields: {}, changed: [], unseen: ['second-password'] } }])
    expect(sent).toEqual([
      [REF.key, { integrationKey: REF.key, secondConnector: { connection: { application: { password: 'secret' } } } }],
    ])
  })

  it('that changes nothing is refused, and so is an answer that is no synchronization; nothing is sent', async () => {
    const { editor, sent } = open({})
    await expect(editor.applyEdit(REF, draft({}), { [PASSWORD]: '' })).rejects.toMatchObject({ code: 'input.invalid' })
    await expect(editor.applyEdit(REF, draft({ summary: 'New' }), {})).rejects.toMatchObject({
      code: 'http.unexpected-body',
    })
    expect(sent).toEqual([])
  })

  it('meets a change of somebody else also in a field that it leaves alone, and sends nothing', async () => {
    const { editor, sent } = open({ ...OBJECT, summary: 'Theirs', description: 'Theirs too' })
    const result = await editor.applyEdit(REF, draft({ summary: 'New' }), {})
    expect(result).toMatchObject({
      kind: 'changed-on-server',
      conflicts: [
        { field: 'summary', base: 'Old', server: 'Theirs', draft: 'New' },
        { field: 'description', base: 'About it', server: 'Theirs too', draft: null },
      ],
      server: { summary: 'Theirs', description: 'Theirs too', 'firstConnector.projectKey': 'AP' },
    })
    expect(sent).toEqual([])
  })

  it('finds none in a field that was not known, or that the server does not show', async () => {
    const { secondConnector: _second, ...distributed } = OBJECT
    const { editor } = open({ ...distributed, summary: 'Theirs' })
    const base = { 'secondConnector.projectKey': 'PB' } as const
    const values = { summary: 'New', 'secondConnector.projectKey': 'XX' } as const
    expect(await editor.applyEdit(REF, draft(values, base), {})).toMatchObject({ kind: 'started' })
  })
})

describe('a new connection', () => {
  const given = (baseUrl: string, proxyUri: string | null = null): ConnectionForm['first'] => ({
    baseUrl,
    password: 'secret',
    proxy: proxyUri === null ? null : { proxyUri, username: '', password: '' },
  })

  it('sends both sides with their users, and remembers what of it no reading shows', () => {
    const { editor, begun, sent } = open()
    const form = { first: given('https://ap.example'), second: given('https://new.example', 'http://proxy:1') }
    expect(editor.updateConnection(REF, form)).toBe('task')
    expect(begun).toEqual([
      {
        operation: 'connection',
        intent: {
          fields: {
            'firstConnector.connection.application.baseUrl': 'https://ap.example',
            'secondConnector.connection.application.baseUrl': 'https://new.example',
          },
          changed: ['secondConnector.connection.application.baseUrl'],
          unseen: ['first-password', 'second-password', 'second-proxy'],
        },
      },
    ])
    expect(sent).toEqual([
      [
        REF.key,
        {
          firstConnector: { baseUrl: 'https://ap.example', user: 'anna', password: 'secret' },
          secondConnector: {
            baseUrl: 'https://new.example',
            user: 'ben',
            password: 'secret',
            proxy: { proxyUri: 'http://proxy:1', username: '', password: '' },
          },
        },
      ],
    ])
  })

  it('of one side alone is for one that has one side alone', () => {
    const { secondConnector: _second, ...distributed } = OBJECT
    const one = { first: given('https://new.example', 'http://proxy:1'), second: null }
    const { editor, begun } = open(distributed)
    editor.updateConnection(REF, one)
    expect(begun[0]?.intent.unseen).toEqual(['first-password', 'first-proxy'])
    expect(() => open().editor.updateConnection(REF, one)).toThrow('Both sides')
    expect(() => editor.updateConnection(REF, { ...one, second: given('https://b.example') })).toThrow('Both sides')
  })

  it('is shown before it is sent, without its passwords', () => {
    const shown = open().editor.previewConnection(REF, {
      first: given('https://a.example'),
      second: given('https://b.example'),
    })
    expect(shown).toMatchObject({
      method: 'PUT',
      address: 'https://jira.example/api/integrations/INT%2F2/applicationConnection',
      body: expect.stringContaining('https://b.example') as unknown,
    })
    expect(JSON.stringify(shown)).not.toContain('secret')
  })
})

describe('the command line of a request', () => {
  it('quotes for a shell, and asks for the password when it is run', () => {
    const { curl } = previewRequest(SERVER, 'PUT', '/x', { summary: "it's", password: 'secret' })
    expect(curl.split(' \\\n  ')).toEqual([
      `curl -X PUT -u 'o'\\''neil'`,
      `-H 'X-Atlassian-Token: no-check' -H 'Content-Type: application/json'`,
      expect.stringMatching(/^--data '\{"summary":"it'\\''s","password":"[^s"]*"\}'$/),
      `'https://jira.example/api/x'`,
    ])
  })

  it('names a token only by its kind, and a user that is not known as such', () => {
    const ofToken = { ...SERVER, credential: { kind: 'token' } } as StoredServer
    expect(previewRequest(ofToken, 'DELETE', '/x', {}).curl).toContain(`-H 'Authorization: Bearer <token>'`)
    expect(previewRequest({ ...SERVER, credential: null }, 'DELETE', '/x', {}).curl).toContain(`-u '<user>'`)
  })
})
