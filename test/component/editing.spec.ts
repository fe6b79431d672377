import { flushPromises } from '@vue/test-utils'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { foreign } from '../../src-contract/messages/message.ts'
import ConflictDialog from '../../src-renderer/panel/ConflictDialog.vue'
import CreateDialog from '../../src-renderer/panel/CreateDialog.vue'
import DraftBar from '../../src-renderer/panel/DraftBar.vue'
import DraftInput from '../../src-renderer/panel/DraftInput.vue'
import PreviewDialog from '../../src-renderer/panel/PreviewDialog.vue'
import { useServers } from '../../src-renderer/servers/servers.ts'
import { detail as detailOf, fieldOf, server, show, stubBridge, type, type AnswerTo } from './support.ts'

const detail = detailOf()

const at = (name: string): HTMLElement => {
  const found = document.querySelector<HTMLElement>(`[data-test="${name}"]`)
  if (found === null) throw new Error(`There is no ${name}`)
  return found
}
beforeEach(() => {
  document.body.innerHTML = ''
})

describe('a field that is edited in place', () => {
  const shown = (props: object) =>
    show(DraftInput, { field: 'summary', label: 'Name', base: 'A <> B', draft: undefined, ...props })

  it('shows the server’s value, unmarked, until it is changed', () => {
    const wrapper = shown({})
    expect(wrapper.get('input').element.value).toBe('A <> B')
    expect(wrapper.text()).not.toContain('changed')
    expect(wrapper.find('[data-test=revert-summary]').exists()).toBe(false)
  })

  it('is marked in words once it differs, and offers to revert', () => {
    const wrapper = shown({ draft: 'New' })
    expect(wrapper.text()).toContain('changed')
    expect(wrapper.get('[data-test=revert-summary]').text()).toBe('Revert')
  })

  it.each([
    ['summary', ' ', 'Enter a name'],
    ['firstConnector.projectKey', 'a b', 'capital letters'],
    ['firstConnector.connection.application.baseUrl', 'javascript:alert(1)', 'https://'],
    ['firstConnector.connection.application.user', '', 'sync user'],
  ])('%s with the value %j says what is wrong while one types', (field, draft, words) => {
    expect(shown({ field, draft }).get('[role=alert]').text()).toContain(words)
  })
})

describe('the bar of a draft', () => {
  const shown = (props: object) =>
    show(DraftBar, {
      count: 2,
      isValid: true,
      canUndo: true,
      isApplying: false,
      failure: null,
      notStored: '',
      ...props,
    })
  const isDisabled = (wrapper: ReturnType<typeof shown>, name: string): boolean =>
    wrapper.get(`[data-test=${name}]`).attributes('disabled') !== undefined

  it('counts the changes and offers what can be done', () => {
    const wrapper = shown({})
    expect(wrapper.text()).toContain('2 changes')
    for (const name of ['undo', 'discard', 'preview']) expect(isDisabled(wrapper, name)).toBe(false)
  })

  it('holds everything back while the draft is being applied', () => {
    const wrapper = shown({ isApplying: true })
    expect(wrapper.text()).toContain('Applying…')
    for (const name of ['undo', 'discard', 'preview']) expect(isDisabled(wrapper, name)).toBe(true)
  })

  it('says why the last attempt did not get through', () => {
    const wrapper = shown({ failure: { message: 'It was refused.', serverText: '<b>locked</b>' } })
    expect(wrapper.get('[role=alert] > p').text()).toBe('Not applied: It was refused.')
    expect(wrapper.get('details:not([open])').text()).toContain('<b>locked</b>')
  })

  it('previews nothing that is invalid', () => {
    expect(isDisabled(shown({ isValid: false }), 'preview')).toBe(true)
  })
})

describe('the preview', () => {
  const preview = {
    method: 'PUT',
    address: 'https://jira.example/api/integrations/INT-2',
    body: '{"summary":"New"}',
    curl: 'curl …',
  }
  const props = {
    target: detail,
    serverName: 'Vienna',
    draft: { base: { summary: 'A <> B' }, values: { summary: '<b>New</b>' } },
  }

  it('shows before and after as text, the request, and applies only on the click', async () => {
    const asked = stubBridge({
      'synchronizations:preview-edit': () => preview,
      'synchronizations:apply-edit': () => ({ kind: 'started', taskId: 't' }),
    })
    show(PreviewDialog, props)
    await flushPromises()
    for (const part of ['A <> B', '<b>New</b>', preview.address, preview.body])
      expect(document.body.textContent).toContain(part)
    expect(document.querySelector('ins b')).toBeNull()
    expect(asked.map(({ channel }) => channel)).toEqual(['synchronizations:preview-edit'])
    at('apply').click()
    await flushPromises()
    expect(asked.at(-1)).toMatchObject({
      channel: 'synchronizations:apply-edit',
      args: { ref: { serverId: 's1', key: 'INT-2' } },
    })
  })

  it('shows why nothing could be sent', async () => {
    stubBridge({
      'synchronizations:preview-edit': () => preview,
      'synchronizations:apply-edit': () => {
        throw Object.assign({}, { code: 'net.unreachable', message: 'jira.example cannot be reached.' })
      },
    })
    show(PreviewDialog, props)
    await flushPromises()
    at('apply').click()
    await flushPromises()
    expect(document.body.textContent).toContain('jira.example cannot be reached.')
  })
})

it('a conflict has to be decided for every field that both changed, and for no other', async () => {
  const conflicts = [
    { field: 'summary', base: 'A', server: 'Theirs', draft: 'Mine' },
    { field: 'description', base: '', server: 'New there', draft: null },
  ]
  show(ConflictDialog, {
    title: 'Changed',
    draft: { base: {}, values: { summary: 'Mine' } },
    result: { kind: 'changed-on-server', conflicts, server: { summary: 'Theirs' } },
  })
  await flushPromises()
  expect(document.body.textContent).toContain('not changed by you')
  expect(at('decide').hasAttribute('disabled')).toBe(true)
  at('take-mine').click()
  await flushPromises()
  expect(at('decide').hasAttribute('disabled')).toBe(false)
})

describe('creating', () => {
  const open = async (answer: AnswerTo<'synchronizations:create'> = () => ({ key: 'INT-9', note: null })) => {
    const asked = stubBridge({ 'synchronizations:create': answer })
    show(
      CreateDialog,
      {
        like: {
          serverId: 's1',
          key: 'INT-2',
          summary: 'A <> B',
          description: '',
          first: detail.first,
          second: detail.second,
        },
      },
      () => useServers().replace([server()]),
    )
    await flushPromises()
    return asked
  }

  it('is filled from an existing one, except for the passwords', async () => {
    await open()
    expect(fieldOf('First side: Project key').value).toBe('AP')
    expect(fieldOf('Second side: Base URL').value).toBe('https://pb.example')
    expect(fieldOf('First side: Password of the sync user').value).toBe('')
  })

  it('judges what is typed while it is typed, and what is missing when it is sent', async () => {
    const asked = await open()
    await type('First side: Project key', 'not a key')
    expect(document.body.textContent).toContain('begins with a letter')
    expect(document.body.textContent).not.toContain('Enter the sync user’s password')
    at('create').click()
    await flushPromises()
    expect(document.body.textContent).toContain('Enter the sync user’s password')
    expect(asked).toEqual([])
  })

  it('asks before Escape throws away what was typed, and not where nothing was', async () => {
    const escape = async (): Promise<void> => {
      const target = document.activeElement ?? document.body
      target.dispatchEvent(
        new KeyboardEvent('keydown', { key: 'Escape', code: 'Escape', bubbles: true, cancelable: true }),
      )
      await flushPromises()
    }
    const closed = vi.fn<() => void>()
    stubBridge({})
    show(CreateDialog, { like: null, onClose: closed }, () => useServers().replace([server()]))
    await flushPromises()
    const field = fieldOf('First side: Project key')
    field.focus()
    await type('First side: Project key', 'AP')
    await escape()
    expect(closed).not.toHaveBeenCalled()
    expect(at('leave-question').textContent).toBe('What you typed is not saved yet.')
    at('keep-editing').click()
    await flushPromises()
    expect(field.value).toBe('AP')
    await escape()
    at('discard-typed').click()
    expect(closed).toHaveBeenCalledTimes(1)
    await escape()
    await type('First side: Project key', '')
    await escape()
    expect(closed).toHaveBeenCalledTimes(2)
  })

  it('warns when both sides are the same project', async () => {
    await open()
    await type('Second side: Project key', 'AP')
    await type('Second side: Base URL', 'https://ap.example')
    expect(document.body.textContent).toContain('the same project')
  })

  const sent = async (): Promise<void> => {
    for (const side of ['First side', 'Second side']) await type(`${side}: Password of the sync user`, 'x')
    at('create').click()
    await flushPromises()
  }

  it('says of one that was found after its answer was lost what is known, before it is shown', async () => {
    await open(() => ({
      key: 'INT-9',
      note: foreign('The answer was lost. Since then INT-9 has appeared. It was not started.'),
    }))
    await sent()
    expect(at('created-note').textContent).toContain('It was not started.')
    expect(at('show-created').textContent).toContain('Show INT-9')
  })

  it('says that an outcome is unknown, and what to do before it is tried again', async () => {
    await open(() => {
      throw Object.assign(
        {},
        {
          code: 'net.timeout',
          message: 'It is not known whether “A” was created.',
          advice: 'Check the list before you try again.',
          isOutcomeUnknown: true,
        },
      )
    })
    await sent()
    expect(at('outcome-unknown').closest('[role="alert"]')?.textContent).toMatch(
      /Outcome unknown.*not known whether.*Check the list/,
    )
    expect(at('create').textContent).toContain('Create anyway')
  })

  it('shows a refusal at the field that the server named', async () => {
    await open(() => {
      throw Object.assign(
        {},
        {
          code: 'api.refused',
          message: 'Refused.',
          fields: { 'second.projectKey': 'secondConnector.projectKey: is archived' },
        },
      )
    })
    for (const side of ['First side', 'Second side']) await type(`${side}: Password of the sync user`, 'x')
    at('create').click()
    await flushPromises()
    const field = fieldOf('Second side: Project key').closest('.form-field')
    expect(field?.textContent).toContain('is archived')
  })
})
