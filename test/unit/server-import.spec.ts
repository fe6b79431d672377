import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { ServerListPlan } from '../../src-contract/servers.ts'
import { scratchFolder } from '../support/scratch.ts'
import { startMain } from '../support/services.ts'

function fileOf(content: string | Uint8Array): string {
  const path = join(scratchFolder(), 'servers.csv')
  writeFileSync(path, content)
  return path
}
const chosenOf = (plan: ServerListPlan | null) =>
  (plan?.lines ?? []).map(({ name, baseUrl, environment, user }) => ({
    name,
    address: baseUrl ?? '',
    environment,
    user,
  }))

it('servers of a file are added once, with who logs in, and nothing is sent to them', async () => {
  const path = fileOf(
    'name,address,user\nOne,https://one.example,anna\nTwo,https://two.example/issues,\nOne again,https://one.example/,\n',
  )
  const transports: unknown[] = []
  const main = startMain({
    fileToChoose: () => path,
    createTransport: (options) => {
      transports.push(options)
      throw new Error('Something is to be sent')
    },
  })
  const plan = await main.ask('servers:plan-import', { text: null })
  expect(plan?.lines.map(({ name, problem }) => [name, problem?.key])).toEqual([
    ['One', undefined],
    ['Two', undefined],
    ['One again', 'errors.serverList.twice'],
  ])
  expect(await main.ask('servers:list', {})).toEqual([])
  const added = await main.ask('servers:import', { servers: chosenOf(plan) })
  expect(added.map(({ name, credential }) => [name, credential])).toEqual([
    ['One', { kind: 'basic', user: 'anna', kept: 'missing' }],
    ['Two', null],
  ])
  expect(await main.ask('servers:import', { servers: chosenOf(plan) })).toEqual([])
  expect(await main.ask('servers:list', {})).toHaveLength(2)
  const again = await main.ask('servers:plan-import', { text: 'two.example\nhttps://three.example' })
  expect(again?.lines.map(({ isKnown }) => isKnown)).toEqual([true, false])
  expect(transports).toEqual([])
})

it('several hundred are added in one step: whoever is notified of the first finds all of them', async () => {
  const main = startMain()
  const text = Array.from({ length: 300 }, (_, index) => `https://jira-${index}.example`).join('\n')
  const servers = chosenOf(await main.ask('servers:plan-import', { text }))
  const heard: number[] = []
  main.services.registry.changed.on(() => void heard.push(main.services.registry.all().length))
  await main.ask('servers:import', { servers })
  expect(heard).toHaveLength(300)
  expect(new Set(heard)).toEqual(new Set([300]))
})

it('where one cannot be added, none is', async () => {
  const main = startMain()
  const [first] = chosenOf(await main.ask('servers:plan-import', { text: 'https://one.example' }))
  if (first === undefined) throw new Error('There is no first')
  const servers = [first, { ...first, address: 'http://plain.example' }]
  await expect(main.ask('servers:import', { servers })).rejects.toMatchObject({ data: { code: 'input.invalid' } })
  expect(await main.ask('servers:list', {})).toEqual([])
})

it.each<[string, Uint8Array]>([
  ['UTF-8', Buffer.from('\uFEFFname;address\nZürich;https://a.example')],
  ['UTF-16', Buffer.from('\uFEFFname\taddress\nZürich\thttps://a.example', 'utf16le')],
  ['Windows-1252', Buffer.from('name;address\r\nZürich;https://a.example', 'latin1')],
])('a file in %s is read', async (_name, content) => {
  const main = startMain({ fileToChoose: () => fileOf(content) })
  expect((await main.ask('servers:plan-import', { text: null }))?.lines).toMatchObject([
    { name: 'Zürich', problem: null },
  ])
})

it('a file that is too large for a list is refused', async () => {
  const main = startMain({ fileToChoose: () => fileOf('x'.repeat(1_048_577)) })
  await expect(main.ask('servers:plan-import', { text: null })).rejects.toMatchObject({
    data: { code: 'input.invalid', message: expect.stringContaining('1 MB') },
  })
})
