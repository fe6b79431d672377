import { expect, it } from 'vitest'
import { readServerList } from '../../src-main/servers/server-list.ts'
import { said } from '../support/said.ts'

const read = (text: string, known: string[] = []) =>
  readServerList(text, new Set(known)).lines.map(({ line, name, baseUrl, environment, user, problem }) => [
    line,
    name,
    baseUrl,
    environment,
    user,
    said(problem),
  ])
const refusal = (text: string): string => {
  try {
    readServerList(text, new Set())
  } catch (error) {
    return said((error as { data: { message: Parameters<typeof said>[0] } }).data.message)
  }
  return ''
}

it.each([
  ['name,address,environment,user', ','],
  ['Name;URL;Umgebung;Benutzer', ';'],
  ['server\tbase url\tenv\tlogin', '\t'],
])('a table under “%s” is read', (header, mark) => {
  const lines = [
    ['"Vienna ""A"""', 'https://jira.example/secure/Dashboard.jspa', 'Test', 'admin'],
    ['', 'jira.example:8443/jira', '', ''],
  ]
  expect(read(['\uFEFF' + header, '', ...lines.map((line) => line.join(mark))].join('\r\n'))).toEqual([
    [3, 'Vienna "A"', 'https://jira.example', 'test', 'admin', ''],
    [4, 'jira.example:8443', 'https://jira.example:8443/jira', 'production', '', ''],
  ])
})

it('a user whom no log-in with a password can name is said to be so, however it was typed', () => {
  const lines = ['name,address,user', 'A,https://a.example,łukasz', 'B,https://b.example,a:b']
  expect(read([...lines, `C,https://c.example,${'müller'.normalize('NFD')}`].join('\n'))).toEqual([
    [
      2,
      'A',
      'https://a.example',
      'production',
      'łukasz',
      expect.stringContaining('cannot be used to log in with a password'),
    ],
    [
      3,
      'B',
      'https://b.example',
      'production',
      'a:b',
      expect.stringContaining('cannot be used to log in with a password'),
    ],
    [4, 'C', 'https://c.example', 'production', 'müller', ''],
  ])
})

it('JSON is read, as a list of objects or of addresses', () => {
  const expected = [[1, 'Vienna', 'https://a.example', 'development', 'anna', '']]
  const item = { name: 'Vienna', url: 'https://a.example/', environment: 'dev', user: 'anna', password: '' }
  expect(read(JSON.stringify([item]))).toEqual(expected)
  expect(read(JSON.stringify({ servers: [item] }))).toEqual(expected)
  expect(read('["https://a.example"]')).toEqual([[1, 'a.example', 'https://a.example', 'production', '', '']])
})

it('pasted addresses are read, one to a line or, if they are whole, between commas', () => {
  expect(read('\nhttps://a.example\n\n  b.example/jira  ').map(([line, , baseUrl]) => [line, baseUrl])).toEqual([
    [2, 'https://a.example'],
    [4, 'https://b.example/jira'],
  ])
  expect(read('https://a.example, HTTPS://b.example').map(([, , baseUrl]) => baseUrl)).toEqual([
    'https://a.example',
    'https://b.example',
  ])
})

it('what is wrong is said for its line, and does not take the others along', () => {
  const text = [
    'name,address,environment',
    'Fine,https://a.example,test',
    'No address,,test',
    'Plain,http://b.example,test',
    'Where,https://c.example,moon',
    'Known,https://known.example/browse/A-1,test',
    'Again,https://A.example/,test',
    'Secret,https://anna:canary@d.example,test',
  ].join('\n')
  const lines = read(text, ['https://known.example'])
  expect(lines.map(([line, , , , , problem]) => [line, problem])).toEqual([
    [2, ''],
    [3, 'Enter the address of the Jira server'],
    [4, expect.stringContaining('plain http')],
    [5, '“moon” is not an environment: production, test or development.'],
    [6, 'This server is already in Syncdeck.'],
    [7, 'This address already appears further up in the list.'],
    [8, expect.any(String)],
  ])
  expect(JSON.stringify(readServerList(text, new Set()))).not.toContain('canary')
})

it.each([
  ['name,address,password\nA,https://a.example,canary', 'password'],
  ['name;address;API-Token\nA;https://a.example;canary', 'api-token'],
  ['[{"address":"https://a.example","Kennwort":"canary"}]', 'Kennwort'],
])('a list with passwords is refused as a whole, and none of them is said', (text, column) => {
  expect(refusal(text)).toContain(`“${column}”`)
  expect(refusal(text)).not.toContain('canary')
})

it.each([
  ['', 'empty'],
  ['{"a":1}', 'no list'],
  ['[{"address":', 'JSON'],
  [Array.from({ length: 1001 }, (_, index) => `a${index}.example`).join('\n'), '1,000 lines'],
  ['name,address\n"A,https://a.example\nB,https://b.example', 'quotes in line 2'],
  ['https://a.example,anna,canary', 'Begin with a line of names'],
  ['a.example\thunter.2', 'Begin with a line of names'],
])('what is no list is refused: %#', (text, words) => {
  expect(refusal(text)).toContain(words)
})
