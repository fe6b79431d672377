import { describe, expect, it } from 'vitest'
import { workThrough } from '../../src-main/http/work-through.ts'
import { until } from '../../tools/until.ts'
import { WRITES, type Told } from './paths.ts'
import { mend, openStage, type Stage } from './stage.ts'

/** What somebody else does on the server between a request of ours and its answer, which is lost. */
interface Meanwhile {
  readonly name: string
  readonly happen: (stage: Stage) => void
}

const CREATED = 'Created'

/** Somebody else's, like ours in all but who made it. */
function createTheSame({ jira }: Stage): void {
  const made = structuredClone(jira.entry('INT-2'))
  Object.assign(made.integration, { integrationKey: 'INT-99', summary: CREATED, createdUser: 'jdoe' })
  for (const [side, projectKey] of [
    ['firstConnector', 'AP'],
    ['secondConnector', 'BP'],
  ] as const) {
    const connector = made.integration[side]
    if (connector === undefined) throw new Error('INT-2 needs two sides')
    connector.projectKey = projectKey
    connector.connection.application = { baseUrl: 'https://jira.example', user: 'sync' }
  }
  jira.api.put(made)
}

const OTHERS: readonly Meanwhile[] = [
  {
    name: 'changes the same fields',
    happen: ({ jira }) => {
      const { integration, syncPasswords } = jira.entry('INT-2')
      integration.summary = 'Theirs'
      integration.firstConnector.connection.application.baseUrl = 'https://theirs.example'
      for (const key of syncPasswords.keys()) syncPasswords.set(key, 'theirs')
    },
  },
  {
    name: 'changes another field',
    happen: ({ jira }) => void (jira.entry('INT-2').integration.description = 'Theirs'),
  },
  {
    name: 'starts or stops it',
    happen: ({ jira }) => {
      const { status } = jira.entry('INT-2')
      status.status = status.status === 'STOPPED' ? 'RUNNING' : 'STOPPED'
    },
  },
  { name: 'creates one of the same name', happen: createTheSame },
  { name: 'deletes it', happen: ({ jira }) => void jira.api.entries.delete('INT-2') },
]

const LOST = [
  { when: 'before', kind: 'hang' },
  { when: 'after', kind: 'hang-after' },
] as const

describe.each(OTHERS)('while somebody else $name', ({ name, happen }) => {
  it.each(LOST)(
    'a write whose answer is lost $when it took effect is told as done only where it is so, and is sent once',
    async ({ kind, when }) => {
      // Side by side, for they mostly wait.
      await workThrough(WRITES, 3, async (path) => {
        const stage = await openStage({ main: { fileToChoose: () => `${stage.main.folder}/links.json` } })
        const { main, jira, ref } = stage
        path.prepare?.(stage)
        await main.ask('synchronizations:refresh', { serverId: ref.serverId })
        jira.faults.add({ path: path.path(stage), method: path.method, times: 1, fault: { kind } })
        const asked = jira.seen.length
        const writing: Promise<Told> = path.write(stage)
        const sent = () => jira.seen.slice(asked).filter(({ method }) => method !== 'GET')
        await until('it was sent', () => sent().length === 1)
        // Nobody else can change what our own request has deleted.
        if (jira.api.entries.has('INT-2')) happen(stage)
        const told = await writing
        const where = `${path.name}, lost ${when}, while somebody ${name}: told as ${told.as}: ${told.words}`
        expect(sent().length, where).toBe(1)
        await mend(stage)
        const isThere = jira.api.entries.has('INT-2')
        if (path.name === 'delete') {
          if (told.as === 'done') expect(isThere, where).toBe(false)
        } else if (path.name === 'create') {
          const own = [...jira.api.entries.values()].filter(
            ({ integration }) => integration.summary === CREATED && integration.createdUser === 'admin',
          )
          if (told.as === 'done') expect(own.length, where).toBe(1)
        } else if (told.as === 'done') {
          expect(isThere, where).toBe(true)
          expect(path.hasEffect(stage), where).not.toBe(false)
        }
        if (told.as !== 'done') expect(told.words, where).toMatch(/not known|unknown|Now |not started/)
        expect(
          jira.seen.some(({ path: to }) => to === '/integrations/INT-99/start'),
          where,
        ).toBe(false)
        await main.close()
      })
    },
  )
})
