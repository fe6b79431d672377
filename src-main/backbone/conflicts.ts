import { MAX_CONFLICTS } from '#contract/conflicts.ts'
import { shownText } from '#contract/shown-text.ts'
import { TimeSlice } from '../time-slice.ts'
import { asObject, asText, type WireObject } from '../wire-values.ts'

/**
 * A conflict, as far as its object could be read; every text may be empty, and can be shown. `raw` is the value as
 * sent.
 */
export interface WireConflict {
  readonly connectorKey: string
  readonly kind: string
  readonly severity: string
  readonly field: string
  readonly message: string
  readonly raw: unknown
}

/** Names under which an object states what it is about, the most reliable first. */
const MESSAGE_NAMES = ['message', 'description', 'summary', 'text'] as const
const SEVERITY_NAMES = ['severity', 'level'] as const
const KIND_NAMES = ['type', 'category', 'key'] as const
const FIELD_NAMES = ['field', 'fieldMapping', 'id'] as const

/** Names that only wrap an answer and say nothing about its content. */
const FRAME = /^(conflicts?|items?|values?|results?|data|connectors?|entries|list|validationConflicts)$/i

const MAX_DEPTH = 8

/** The conflicts of one answer, as far as they are kept. */
export interface WireConflicts {
  readonly conflicts: readonly WireConflict[]
  /** How many more there are. */
  readonly missing: number
}

interface Place {
  readonly connectorKey: string
  readonly kind: string
  readonly depth: number
  /** Whether it was in a list, where anything counts as an item; outside lists, flags and counts do not. */
  readonly isListed: boolean
}

/**
 * Reads the answer of `GET /integrations/{key}/conflicts`, whose shape the vendor documents nowhere: an array; an
 * object that holds arrays, by connector or by tab; texts as items; objects with a message under one of several names.
 * An item of a list that is none of these is shown as its JSON. Works in time slices; conflicts beyond `MAX_CONFLICTS`
 * are only counted.
 */
export async function readConflicts(answer: unknown, connectorKeys: readonly string[]): Promise<WireConflicts> {
  const slice = new TimeSlice()
  const conflicts: WireConflict[] = []
  let missing = 0
  for (const conflict of conflictsIn(answer, connectorKeys)) {
    if (conflict !== null && conflicts.length < MAX_CONFLICTS) conflicts.push(conflict)
    else if (conflict !== null) missing += 1
    if (slice.isOver) await slice.next()
  }
  return { conflicts, missing }
}

/** Yields each conflict, and null for each other value, so that the work can be divided at any of them. */
function* conflictsIn(answer: unknown, connectorKeys: readonly string[]): Generator<WireConflict | null> {
  /**
   * Whether each object contains items, remembered because every level above asks again, which would walk everything
   * many times.
   */
  const answers = new Map<WireObject, boolean>()
  const collect = function* (value: unknown, place: Place): Generator<WireConflict | null> {
    if (Array.isArray(value)) {
      for (const item of value as unknown[]) yield* collect(item, { ...place, depth: place.depth + 1, isListed: true })
      return
    }
    const object = asObject(value)
    if (object === null) {
      yield ofText(value, place)
      return
    }
    const containers = Object.entries(object).filter(([, inner]) => holdsItems(inner, MAX_DEPTH - place.depth, answers))
    if (containers.length === 0 || firstText(object, MESSAGE_NAMES) !== '') {
      const isConflict = place.isListed ? Object.keys(object).length > 0 : isTelling(object)
      yield isConflict ? conflictOf(object, place) : null
      return
    }
    const inner = {
      depth: place.depth + 1,
      isListed: false,
      connectorKey: asText(object.connectorKey) || place.connectorKey,
    }
    for (const [name, content] of containers) {
      if (connectorKeys.includes(name)) yield* collect(content, { ...place, ...inner, connectorKey: name })
      else yield* collect(content, { ...place, ...inner, kind: FRAME.test(name) ? place.kind : name })
    }
  }
  yield* collect(answer, { connectorKey: '', kind: '', depth: 0, isListed: false })
}

/** A text is a conflict; a number or a flag only in a list. */
function ofText(value: unknown, place: Place): WireConflict | null {
  const text = place.isListed ? asText(value) : typeof value === 'string' ? value : ''
  if (text.trim() === '') return null
  return {
    connectorKey: place.connectorKey,
    kind: shownText(place.kind),
    severity: '',
    field: '',
    message: shownText(text),
    raw: value,
  }
}

function conflictOf(object: WireObject, place: Place): WireConflict {
  return {
    connectorKey: asText(object.connectorKey) || place.connectorKey,
    kind: shownText(firstText(object, KIND_NAMES) || place.kind),
    severity: shownText(firstText(object, SEVERITY_NAMES)),
    field: shownText(firstText(object, FIELD_NAMES)),
    message: shownText(firstText(object, MESSAGE_NAMES)),
    raw: object,
  }
}

/**
 * A list, an object that is itself a conflict, or an object with either somewhere inside. An object has one place, and
 * so one answer.
 */
function holdsItems(value: unknown, depthLeft: number, answers: Map<WireObject, boolean>): boolean {
  if (depthLeft <= 0) return false
  if (Array.isArray(value)) return true
  const object = asObject(value)
  if (object === null) return false
  const known = answers.get(object)
  if (known !== undefined) return known
  const answer =
    firstText(object, MESSAGE_NAMES) !== '' ||
    Object.values(object).some((inner) => holdsItems(inner, depthLeft - 1, answers))
  answers.set(object, answer)
  return answer
}

/** An object of nothing but flags, counts and nulls is not a conflict. */
function isTelling(object: WireObject): boolean {
  return Object.values(object).some((value) => {
    if (typeof value === 'string') return value.trim() !== ''
    const inner = asObject(value)
    return inner !== null && isTelling(inner)
  })
}

function firstText(object: WireObject, names: readonly string[]): string {
  for (const name of names) {
    const text = asText(object[name])
    if (text.trim() !== '') return text
  }
  return ''
}
