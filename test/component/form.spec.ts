import { NInput } from 'naive-ui'
import * as v from 'valibot'
import { beforeEach, describe, expect, it } from 'vitest'
import { h } from 'vue'
import { isProjectKey, listedProjectKeySchema, projectKeySchema } from '../../src-contract/project-key.ts'
import FormField from '../../src-renderer/ui/FormField.vue'
import { fieldOf, show } from './support.ts'

beforeEach(() => {
  document.body.innerHTML = ''
})

interface ForControl {
  readonly inputId: string
  readonly labelId: string
  readonly validation: { readonly status?: 'error' }
}
const shownField = (props: object, control: (given: ForControl) => unknown) =>
  show({ render: () => h(FormField, props, { default: control }) }, {})

describe('a field of a form', () => {
  it('has a label that leads to its input', () => {
    shownField({ label: 'Name' }, ({ inputId }) => h(NInput, { inputProps: { id: inputId } }))
    expect(fieldOf('Name').labels?.[0]?.textContent?.trim()).toBe('Name')
  })

  it('names a group of choices, which no label could lead to', () => {
    const shown = shownField({ label: 'Kind', isGroup: true }, ({ labelId }) =>
      h('div', { role: 'radiogroup', 'aria-labelledby': labelId }),
    )
    expect(shown.find('label').exists()).toBe(false)
    const labelId = shown.get('[role=radiogroup]').attributes('aria-labelledby')
    expect(document.getElementById(labelId ?? '')?.textContent).toContain('Kind')
  })

  it('says what is wrong with it, and can be found by that', () => {
    const shown = shownField({ label: 'Name', problem: 'Enter a name' }, ({ validation }) => h(NInput, validation))
    expect(shown.get('[data-wrong] [role=alert]').text()).toBe('Enter a name')
    expect(shown.getComponent(NInput).props('status')).toBe('error')
  })

  it('is not marked while nothing is wrong', () => {
    const shown = shownField({ label: 'Name' }, ({ validation }) => h(NInput, validation))
    expect(shown.find('[data-wrong]').exists()).toBe(false)
    expect(shown.find('[role=alert]').exists()).toBe(false)
  })
})

describe('a project key', () => {
  it.each([
    ['AP', true, true],
    ['AP_2', true, true],
    ['ap', false, true],
    ['Ä1', false, true],
    ['2AP', false, false],
    ['A P', false, false],
    ['A/P', false, false],
    ['', false, false],
  ])('%j may be written: %s; may choose what is listed: %s', (key, isWritten, isListed) => {
    expect(isProjectKey(key)).toBe(isWritten)
    expect(v.is(projectKeySchema, key)).toBe(isWritten)
    expect(v.is(listedProjectKeySchema, key)).toBe(isListed)
  })
})
