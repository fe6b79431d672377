import { h, type FunctionalComponent, type Slot } from 'vue'
import { I18nT } from 'vue-i18n'
import type { MessageKey } from '#contract/messages/messages.ts'
import { i18n } from './t.ts'

/**
 * A message with marked-up words. A gap is filled by the slot of its name, or by `values`; `count` chooses the plural
 * form. Each language decides where the words go.
 */
export const MarkedText: FunctionalComponent<
  { message: MessageKey; values?: Readonly<Record<string, string | number>>; count?: number },
  Record<never, never>,
  Record<string, Slot>
> = ({ message, values = {}, count }, { slots }) =>
  h(
    I18nT,
    { keypath: message, i18n, ...(count !== undefined && { plural: count }) },
    { ...Object.fromEntries(Object.entries(values).map(([gap, value]) => [gap, () => String(value)])), ...slots },
  )
MarkedText.props = ['message', 'values', 'count']
