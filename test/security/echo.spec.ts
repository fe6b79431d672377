import { expect, it } from 'vitest'
import type { Draft, NewSynchronization } from '../../src-contract/editing.ts'
import { draftValues } from '../../src-contract/draft-values.ts'
import type { SimulatedJira } from '../../src-simulator/index.ts'
import { filesBelow, findSecrets, type Place } from '../support/secrets.ts'
import { until } from '../../tools/until.ts'
import { addServer, serverInput, startJira, startMain, type TestMain } from '../support/services.ts'
import { spoken } from '../support/said.ts'
import { setCredential } from '../support/set-credential.ts'

const SECRETS = {
  password: 'canary-own-Pä55/1',
  first: 'canary-first-Pä55/2',
  second: 'canary-second-Pä55/3',
  proxy: 'canary-proxy-Pä55/4',
  inAddress: 'canary-address-Pa55-5',
  typed: 'canary-typed-Pa55-6',
}
/** Everything that Syncdeck wrote, sent to the page, or exported to a file. */
function places(main: TestMain, answers: readonly unknown[]): Place[] {
  const place = (name: string, text: string): Place => ({ name, bytes: Buffer.from(text) })
  return [
    ...filesBelow(main.folder),
    place('log', main.log.join('\n')),
    place('events', JSON.stringify(main.events)),
    place('exports', JSON.stringify([...main.saved])),
    place('answers', JSON.stringify(answers)),
  ]
}

const basic = (user: string, secret: string): string => `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`

/** What a server says that sends back whatever it was sent. */
const echo = (
  status: number,
  secrets: readonly string[],
): { kind: 'answer'; status: number; headers: Record<string, string>; body: string } => ({
  kind: 'answer',
  status,
  headers: {
    'Content-Type': 'application/json',
    Location: `https://other.example/?p=${encodeURIComponent(secrets[0] ?? '')}`,
  },
  body: JSON.stringify({
    errorMessages: [`Refused: ${secrets.join(' and ')}`],
    echo: secrets.map((secret) => [
      secret,
      encodeURIComponent(secret),
      basic('admin', secret),
      basic('sync', secret),
      JSON.stringify({ secret }),
    ]),
  }),
})

async function scene(): Promise<{
  jira: SimulatedJira
  main: TestMain
  serverId: string
  answers: unknown[]
  ask: (work: Promise<unknown>) => Promise<void>
}> {
  const jira = await startJira({
    synchronizations: 3,
    seed: 3,
    embedsStatus: true,
    accounts: [{ name: 'admin', password: SECRETS.password, tokens: [], role: 'system-administrator', projects: [] }],
  })
  const main = startMain()
  const serverId = await addServer(main, jira, { secret: SECRETS.password })
  const answers: unknown[] = []
  return {
    jira,
    main,
    serverId,
    answers,
    ask: async (work) => void answers.push(await work.catch((error: unknown) => (error as { data?: unknown }).data)),
  }
}

it.each([400, 403, 404, 409, 500, 302])(
  'what a server says again of a request with status %i is nowhere: header, passwords of both sides, proxy',
  async (status) => {
    const { jira, main, serverId, answers, ask } = await scene()
    await main.ask('synchronizations:refresh', { serverId })
    const ref = { serverId, key: 'INT-2' }
    const known = main.services.directory.find(ref)
    if (known === null) throw new Error('INT-2 was not read')
    const draft: Draft = { base: draftValues(known.integration) as Draft['base'], values: { summary: 'Renamed' } }
    const side = (secret: string) => ({
      baseUrl: 'https://a.example',
      password: secret,
      proxy: { proxyUri: 'http://proxy.example:3128', username: 'proxy', password: SECRETS.proxy },
    })
    const form = { first: side(SECRETS.first), second: side(SECRETS.second) }
    const newSide = (secret: string) => ({
      projectKey: 'ABC',
      baseUrl: 'https://a.example',
      user: 'sync',
      password: secret,
    })
    const input: NewSynchronization = {
      summary: 'New',
      description: '',
      first: newSide(SECRETS.first),
      second: newSide(SECRETS.second),
    }
    const passwords = {
      'firstConnector.connection.application.password': SECRETS.first,
      'secondConnector.connection.application.password': SECRETS.second,
    }
    await ask(main.ask('synchronizations:preview-connection', { ref, form }))
    const write = async (secrets: readonly string[], run: () => Promise<unknown>): Promise<void> => {
      jira.faults.clear()
      for (const method of ['PUT', 'POST', 'DELETE'])
        jira.faults.add({ path: '/', method, fault: echo(status, [SECRETS.password, ...secrets]) })
      await ask(run())
      await until('it has ended', async () =>
        (await main.ask('tasks:list', {})).every((task) => task.state === 'ended'),
      )
    }
    // A redirect closes the gate, and what comes after it does not leave.
    await write([SECRETS.first, SECRETS.second], () =>
      main.ask('synchronizations:create', { serverId, input, isStarted: false }),
    )
    await write([SECRETS.first, SECRETS.second, SECRETS.proxy], () =>
      main.ask('synchronizations:update-connection', { ref, form }),
    )
    await write([SECRETS.first, SECRETS.second], () =>
      main.ask('synchronizations:apply-edit', { ref, draft, passwords }),
    )
    await write([], () => main.ask('synchronizations:delete', { ref, typedKey: 'INT-2' }))
    await ask(main.ask('audit:list', {}))
    await ask(main.ask('audit:export', { query: {}, format: 'json' }))
    await ask(main.ask('tasks:list', {}))
    await ask(main.ask('servers:list', {}))
    expect(answers.length).toBe(9)
    expect(JSON.stringify(answers)).toMatch(/••••••|redirected/)
    expect(findSecrets(SECRETS, places(main, answers))).toEqual([])
  },
)

it('what a server puts into unknown fields of its answers is nowhere, and neither are user and password in a base URL', async () => {
  const { jira, main, serverId, answers, ask } = await scene()
  const { integration } = jira.entry('INT-2')
  const address = `https://sync:${SECRETS.inAddress}@other.example/jira`
  const item = {
    ...integration,
    summary: `Named ${basic('admin', SECRETS.password)}`,
    echo: { [SECRETS.password]: [SECRETS.password, encodeURIComponent(SECRETS.password)] },
    firstConnector: {
      ...integration.firstConnector,
      connection: {
        application: { baseUrl: address, user: 'sync' },
        proxy: { proxyUri: `sync:${SECRETS.inAddress}@proxy.example:3128` },
      },
    },
  }
  const answer = (body: unknown) =>
    ({
      kind: 'answer',
      status: 200,
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    }) as const
  const { connectorKey } = integration.firstConnector
  jira.faults.add({
    path: '/integrations/INT-2/conflicts',
    fault: answer([{ message: `${address} refused ${SECRETS.password}` }]),
  })
  jira.faults.add({ path: '/integrations/INT-2', fault: answer(item) })
  jira.faults.add({ path: '/integrations', fault: answer([item]) })
  jira.faults.add({
    path: `/connectors/${connectorKey}/syncInformation`,
    fault: answer([
      {
        id: 1,
        localIssueKey: 'A-1',
        remoteIssueKey: 'B-1',
        self: `${address}/browse/B-1`,
        by: basic('admin', SECRETS.password),
      },
    ]),
  })
  await main.ask('synchronizations:refresh', { serverId })
  const ref = { serverId, key: 'INT-2' }
  await ask(main.ask('synchronizations:detail', ref))
  await ask(main.ask('synchronizations:list', {}))
  await ask(main.ask('conflicts:refresh', ref))
  await ask(main.ask('conflicts:answer', ref))
  await ask(main.ask('connectors:links', { ...ref, connectorKey }))
  await ask(main.ask('connectors:export-links', { ref: { ...ref, connectorKey }, format: 'json' }))
  await ask(main.ask('support:bundle', { isAnonymous: false }))
  await ask(main.ask('servers:diagnose', { testId: 'a', serverId, withLogIn: true }))
  const shown = JSON.stringify(answers)
  expect(shown).toContain('https://••••••@other.example/jira')
  expect(shown).toContain('INT-2')
  expect(findSecrets(SECRETS, places(main, answers))).toEqual([])
  // What was read is whole apart from that.
  expect((await main.rows()).map(({ key }) => key)).toEqual(['INT-2'])
})

it('an address with user and password is refused wherever one is entered, with words, and is nowhere afterwards', async () => {
  const { main, jira, serverId, answers, ask } = await scene()
  await main.ask('synchronizations:refresh', { serverId })
  const ref = { serverId, key: 'INT-2' }
  const known = main.services.directory.find(ref)
  if (known === null) throw new Error('INT-2 was not read')
  const base = draftValues(known.integration) as Draft['base']
  const before = jira.seen.length
  for (const address of [
    `https://sync:${SECRETS.typed}@other.example`,
    `https://sync:${SECRETS.typed}`,
    `https://${SECRETS.typed}@other.example`,
    `https://sync:${SECRETS.typed}/x@other.example`,
    'https://••••••@other.example',
  ]) {
    const form = (baseUrl: string, proxyUri: string) => ({
      first: { baseUrl, password: 'p', proxy: { proxyUri, username: 'p', password: 'p' } },
      second: { baseUrl: 'https://a.example', password: 'p', proxy: null },
    })
    const side = (baseUrl: string) => ({ projectKey: 'ABC', baseUrl, user: 'sync', password: 'p' })
    const draft: Draft = { base, values: { 'firstConnector.connection.application.baseUrl': address } }
    const input = { summary: 'New', description: '', first: side('https://a.example'), second: side(address) }
    for (const [work, field] of [
      [main.ask('drafts:set', { ref, draft }), /^draft\.values\.firstConnector/],
      [main.ask('synchronizations:preview-edit', { ref, draft, passwords: {} }), /^draft\.values\.firstConnector/],
      [main.ask('synchronizations:apply-edit', { ref, draft, passwords: {} }), /^draft\.values\.firstConnector/],
      [
        main.ask('synchronizations:preview-connection', { ref, form: form(address, 'http://proxy') }),
        /^form\.first\.baseUrl$/,
      ],
      [
        main.ask('synchronizations:update-connection', { ref, form: form('https://a.example', address) }),
        /^form\.first\.proxy\.proxyUri$/,
      ],
      [
        main.ask('synchronizations:update-connection', {
          ref,
          form: form('https://a.example', `sync:${SECRETS.typed}@proxy:3128`),
        }),
        /^form\.first\.proxy\.proxyUri$/,
      ],
      [main.ask('synchronizations:create', { serverId, input, isStarted: false }), /^input\.second\.baseUrl$/],
    ] as const) {
      const error = await work.then(
        () => null,
        (thrown: { data: { code: string; fields: Record<string, string> } }) => thrown.data,
      )
      expect(error, address).toMatchObject({ code: 'ipc.invalid-args' })
      const [[name, words] = ['', '']] = Object.entries(error?.fields ?? {})
      expect(name).toMatch(field)
      expect(words).toMatch(/^Take user and password out of the address/)
      answers.push(error)
    }
  }
  await ask(main.ask('drafts:list', {}))
  expect(jira.seen.length).toBe(before)
  expect(findSecrets(SECRETS, places(main, answers))).toEqual([])
})

it('what a server says again of the session’s cookie is nowhere', async () => {
  const { jira, main, serverId, answers, ask } = await scene()
  await main.ask('synchronizations:refresh', { serverId })
  const cookie = jira.cluster.nodes.flatMap(({ sessions }) => sessions.issued)[0] ?? ''
  expect(cookie).toMatch(/^[0-9A-F]{32}/)
  jira.faults.add({ path: '/integrations', fault: echo(400, [cookie, `JSESSIONID=${cookie}; Path=/`]) })
  await ask(main.ask('synchronizations:detail', { serverId, key: 'INT-2' }))
  await ask(main.ask('synchronizations:stop', { targets: [{ serverId, key: 'INT-2' }] }))
  await until('it was refused', async () => (await main.ask('tasks:list', {})).some(({ state }) => state === 'ended'))
  expect(JSON.stringify([answers, await main.ask('tasks:list', {})])).toContain('Refused')
  expect(findSecrets({ cookie }, places(main, [...answers, await main.ask('tasks:list', {})]))).toEqual([])
})

it.each([
  ['password', 'the log-in', 'JSESSIONID', 200],
  ['password', 'a refusal', 'JSESSIONID', 400],
  ['password', 'a redirect', 'JSESSIONID', 302],
  ['token', 'the log-in', 'JSESSIONID', 200],
  ['token', 'the log-in, under another name', 'JIRASID', 200],
] as const)(
  'what a server says of a session that it opens with the same answer is nowhere (%s): %s',
  async (...given) => {
    const [kind, , name, status] = given
    const { jira, main, serverId, answers, ask } = await scene()
    Object.assign(jira.logIn.account('admin'), { tokens: ['canary-own-token-1'] })
    if (kind === 'token')
      await setCredential(main, {
        serverId,
        credential: { kind, user: '', secret: 'canary-own-token-1' },
        isSessionOnly: false,
      })
    const opened = 'A1B2C3D4E5F60718293A4B5C6D7E8F90.node1'
    const item = { ...jira.entry('INT-2').integration, summary: `It is ${opened}, or /x;jsessionid=${opened}?y` }
    const { headers, body } = echo(status, [opened])
    jira.faults.add({
      path: '/integrations',
      method: 'GET',
      fault: {
        kind: 'answer',
        status,
        headers: {
          ...headers,
          Location: `https://other.example/login;jsessionid=${opened}`,
          'X-AUSERNAME': 'admin',
          'Set-Cookie': `${name}=${opened}; Path=/; HttpOnly`,
        },
        body: status === 200 ? JSON.stringify([item]) : body,
      },
    })
    await ask(main.ask('synchronizations:refresh', { serverId }))
    await ask(main.ask('synchronizations:list', {}))
    await ask(main.ask('synchronizations:detail', { serverId, key: 'INT-2' }))
    await ask(main.ask('servers:diagnose', { testId: 'a', serverId, withLogIn: true }))
    await ask(main.ask('support:bundle', { isAnonymous: false }))
    await ask(main.ask('servers:list', {}))
    expect(JSON.stringify(answers)).toContain('••••••')
    expect(findSecrets({ opened }, places(main, answers))).toEqual([])
  },
)

it.each(['by the same connection', 'by another connection'])(
  'what a server says of a password later, when its task has failed, is nowhere: asked %s',
  async (how) => {
    const { jira, main, serverId, answers, ask } = await scene()
    await main.ask('synchronizations:refresh', { serverId })
    const ref = { serverId, key: 'INT-2' }
    const json = (value: object) =>
      ({
        kind: 'answer',
        status: 200,
        headers: { 'Content-Type': 'application/json', 'X-AUSERNAME': 'admin' },
        body: JSON.stringify(value),
      }) as const
    const task = { id: '77', message: 'Running', finished: false, hasFailed: false, cancelled: false, progress: 0 }
    jira.faults.add({ path: '/integrations/INT-2/applicationConnection', method: 'PUT', fault: json(task) })
    jira.faults.add({ path: '/async-tasks/77', method: 'GET', fault: json(task) })
    const side = (password: string) => ({ baseUrl: 'https://a.example', password, proxy: null })
    const form = { first: side(SECRETS.first), second: side(SECRETS.second) }
    await ask(main.ask('synchronizations:update-connection', { ref, form }))
    await until('the task is watched', () => jira.requestsTo('/async-tasks/77').length > 0)
    if (how === 'by another connection')
      await main.ask('servers:update', { serverId, input: serverInput(jira, { name: 'Renamed' }) })
    jira.faults.clear()
    const failureMessage = `The password ${SECRETS.first} was refused, as was ${SECRETS.second}`
    jira.faults.add({
      path: '/async-tasks/77',
      method: 'GET',
      fault: json({ ...task, hasFailed: true, failureMessage }),
    })
    const tasks = () => main.ask('tasks:list', {})
    await until('the task has ended', async () => (await tasks()).every(({ state }) => state === 'ended'))
    await ask(tasks())
    await ask(main.ask('notifications:list', {}))
    expect(JSON.stringify(answers)).toContain('was refused')
    await main.close()
    expect(
      findSecrets(SECRETS, [
        ...places(main, answers),
        { name: 'told', bytes: Buffer.from(JSON.stringify(spoken(main.told))) },
      ]),
    ).toEqual([])
  },
)
