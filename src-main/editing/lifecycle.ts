import { foreign, message, sentences, type Message } from '#contract/messages/message.ts'
import type { NewSynchronization } from '#contract/editing.ts'
import type { ServerId } from '#contract/ids.ts'
import type { SynchronizationRef } from '#contract/synchronizations.ts'
import type { BackboneApi } from '../backbone/backbone-api.ts'
import { readIntegration, type Integration } from '../backbone/integration.ts'
import { formFieldNamedIn } from '../backbone/integration-fields.ts'
import { AppError, outcomeUnknown } from '../errors/app-error.ts'
import type { Connections } from '../servers/connections.ts'
import { placeOf, type Place } from '../servers/place.ts'
import type { ServerRegistry } from '../servers/server-registry.ts'
import { Signal } from '../signal.ts'
import type { SynchronizationReader } from '../synchronizations/synchronization-reader.ts'
import { readRepeatedly, type LostWrite, type Patience } from '../tasks/lost-answer.ts'
import { findCandidates, isLike, nameThem, type Candidates } from './created.ts'
import { isGone, isWhole } from './gone.ts'
import type { Keeper } from './keeper.ts'
import type { Creation, OwnCreations } from './own-creations.ts'
import { createBody } from './request-bodies.ts'

export interface LifecycleOptions {
  readonly registry: Pick<ServerRegistry, 'find' | 'get'>
  readonly connections: Pick<Connections, 'get'>
  readonly keeper: Pick<Keeper, 'keep'>
  readonly reader: Pick<SynchronizationReader, 'refresh'>
  readonly patience: Patience
  readonly creations: OwnCreations
}

/** A new synchronization. `wasLost`: no answer reported it; it was found by reading, and `note` says so. */
export interface Created {
  readonly key: string
  readonly wasLost: boolean
  readonly note: Message | null
}

/** The content of a list before a write. An incomplete list proves nothing about what appears later. */
export interface ListBefore {
  readonly items: readonly Integration[]
  readonly isWhole: boolean
  readonly place: Place
}

/** Creates and deletes synchronizations. The server answers both at once; neither is ever sent twice. */
export class Lifecycle {
  readonly writeLost = new Signal<[LostWrite]>()
  readonly #options: LifecycleOptions

  constructor(options: LifecycleOptions) {
    this.#options = options
  }

  /**
   * Creates a synchronization. If the answer is lost, or names another one, a synchronization counts as the new one
   * only if it was not in the list right before, has the same name, projects and base URLs, and was made by our user,
   * but not by another creation of ours. Rejects with `isOutcomeUnknown` if there is none. `onAnswered` is called with
   * what the server says it created, before anything is read.
   */
  async create(
    serverId: ServerId,
    input: NewSynchronization,
    onAnswered: (created: Integration) => void = () => undefined,
  ): Promise<Created> {
    const before = await this.listBefore(serverId)
    let created: Created
    try {
      created = await this.createAfter(before, serverId, input, onAnswered)
    } catch (error) {
      if (!(error instanceof AppError) || error.data.isOutcomeUnknown !== true) throw withFields(error)
      await this.#refresh(serverId)
      throw error
    }
    await this.#refresh(serverId)
    return created
  }

  /** The same, if the list was read right before. Afterwards, the result is not read again. */
  async createAfter(
    before: ListBefore,
    serverId: ServerId,
    input: NewSynchronization,
    onAnswered: (created: Integration) => void = () => undefined,
  ): Promise<Created> {
    const { creations } = this.#options
    let known = before
    const hadIt = (key: string): boolean => known.items.some((item) => item.key === key)
    const creation = creations.begin(serverId, input)
    const again = async (): Promise<void> => {
      known = await this.listBefore(serverId, before.place)
    }
    return this.#api(serverId, before.place).seeThrough(async (api) => {
      let created: Integration
      try {
        // Something that differs from the request, was there before, or was made by another request is not what was
        // created, whatever the answer says.
        created = await api.create(
          createBody(input),
          (answered) => isLike(answered, input) && !hadIt(answered.key) && !creations.isMade(serverId, answered.key),
        )
      } catch (error) {
        if (error instanceof AppError && error.isAnswerLost)
          return await this.#settleCreate(serverId, input, known, creation, error)
        if (error instanceof AppError) creations.end(creation, null)
        throw error
      }
      creations.end(creation, created.key)
      onAnswered(created)
      return { key: created.key, wasLost: false, note: null }
    }, again)
  }

  /** What a server has, by a request that is sent now. */
  async listBefore(serverId: ServerId, place = placeOf(this.#options.registry.get(serverId))): Promise<ListBefore> {
    const list = await this.#api(serverId, place).list({ isFresh: true })
    return { items: list.items.map(({ integration }) => integration), isWhole: isWhole(list), place }
  }

  /** The same after an earlier session, with retries; null if it cannot be read. */
  listInTheEnd(serverId: ServerId): Promise<ListBefore | null> {
    return readRepeatedly(this.#options.patience, () => this.listBefore(serverId))
  }

  /** A synchronization as its server shows it now; null if it sends something else. Rejects if it cannot be read. */
  async look({ serverId, key }: SynchronizationRef): Promise<Integration | null> {
    return readIntegration(await this.#api(serverId).detail(key, { isFresh: true }))
  }

  async #settleCreate(
    serverId: ServerId,
    input: NewSynchronization,
    before: ListBefore,
    creation: Creation,
    lost: AppError,
  ): Promise<Created> {
    const { registry, patience, creations } = this.#options
    const credential = registry.find(serverId)?.credential ?? null
    const user = credential?.kind === 'basic' ? credential.user : null
    const keys = new Set(before.items.map(({ key }) => key))
    let seen: Candidates | null = null
    const look = async (): Promise<Integration | null> => {
      const list = await this.#api(serverId, before.place).list({ isFresh: true })
      seen = findCandidates(
        list.items.flatMap(({ integration }) => (creations.isMade(serverId, integration.key) ? [] : [integration])),
        keys,
        input,
        user,
      )
      const { own } = seen
      if (own === null || !before.isWhole || !isWhole(list) || creations.hasRival(creation, own)) return null
      creations.end(creation, own.key)
      return own
    }
    // An answer that arrived says itself what is wrong.
    const why = lost.code === 'http.unexpected-body' ? lost.data.message : message('editing.answerLost')
    const advice = message('editing.create.advice')
    const lostWrite = {
      serverId,
      key: null,
      isSettled: false,
      title: message('editing.create.unknown', { name: input.summary }),
    }
    const own = await readRepeatedly(patience, look, () =>
      this.writeLost.emit({ ...lostWrite, text: sentences(why, candidates(seen), advice) }),
    )
    if (own === null)
      throw outcomeUnknown(
        lost,
        sentences(why, message('editing.create.lost', { name: input.summary }), candidates(seen)),
        advice,
      )
    const note = sentences(why, message('editing.create.found', { key: own.key }))
    this.writeLost.emit({
      serverId,
      key: own.key,
      isSettled: true,
      title: message('editing.create.done', { key: own.key }),
      text: note,
    })
    return { key: own.key, wasLost: true, note }
  }

  /**
   * Keeps a copy, then deletes. Resolves only when the server confirmed, or when reading shows that it is gone. Rejects
   * with `isOutcomeUnknown` if neither happens, and with `input.invalid` if the typed key is a different one.
   */
  async delete(ref: SynchronizationRef, typedKey: string): Promise<void> {
    if (typedKey !== ref.key)
      throw new AppError('input.invalid', message('errors.typeKey', { key: ref.key }), {
        fields: { typedKey: message('errors.typeKey', { key: ref.key }) },
      })
    const place = this.#placeOf(ref)
    await this.#options.keeper.keep(ref, 'delete')
    await this.deleteKept(ref, place)
    await this.#refresh(ref.serverId)
  }

  /**
   * Deletes something that was kept, at `place`; by default where its server is now. Resolves and rejects as `delete`
   * does. The list is not read again.
   */
  async deleteKept(ref: SynchronizationRef, place = this.#placeOf(ref)): Promise<void> {
    const again = async (): Promise<void> => {
      if (await isGone(this.#api(ref.serverId, place), ref.key))
        throw new AppError('api.not-found', message('editing.delete.goneBefore', { key: ref.key }))
    }
    await this.#api(ref.serverId, place).seeThrough(async (api) => {
      try {
        await api.delete(ref.key)
      } catch (error) {
        if (!(error instanceof AppError) || !error.isAnswerLost) throw error
        await this.#settleDelete(ref, place, error)
      }
    }, again)
  }

  /** Whether a synchronization is no longer on its server, read now. Rejects if that cannot be read. */
  isGone({ serverId, key }: SynchronizationRef): Promise<boolean> {
    return isGone(this.#api(serverId), key)
  }

  /** Watches for a while whether an unanswered deletion takes effect. */
  async waitUntilGone(ref: SynchronizationRef): Promise<boolean> {
    const look = async (): Promise<true | null> => ((await this.isGone(ref)) ? true : null)
    return (await readRepeatedly(this.#options.patience, look)) === true
  }

  async #settleDelete({ serverId, key }: SynchronizationRef, place: Place, lost: AppError): Promise<void> {
    const { patience } = this.#options
    let isThere = false
    const look = async (): Promise<true | null> => {
      const hasGone = await isGone(this.#api(serverId, place), key)
      isThere = !hasGone
      return hasGone ? true : null
    }
    const seen = (): Message => message(isThere ? 'editing.delete.stillThere' : 'editing.delete.notRead')
    const advice = message('editing.delete.advice')
    let isTold = false
    const tell = (): void => {
      isTold = true
      this.writeLost.emit({
        serverId,
        key,
        isSettled: false,
        title: message('editing.delete.unknown', { key }),
        text: sentences(message('editing.answerLost'), seen(), advice),
      })
    }
    const gone = await readRepeatedly(patience, look, tell)
    if (gone === null) throw outcomeUnknown(lost, sentences(message('editing.delete.lost', { key }), seen()), advice)
    if (isTold)
      this.writeLost.emit({
        serverId,
        key,
        isSettled: true,
        title: message('editing.delete.done', { key }),
        text: message('editing.delete.gone'),
      })
  }

  #api(serverId: ServerId, place: Place | null = null): BackboneApi {
    return this.#options.connections.get(serverId, place).api
  }

  #placeOf({ serverId }: SynchronizationRef): Place {
    return placeOf(this.#options.registry.get(serverId))
  }

  async #refresh(serverId: ServerId): Promise<void> {
    await this.#options.reader.refresh(serverId, { isFresh: true })
  }
}

function candidates(seen: Candidates | null): Message {
  if (seen === null) return message('editing.create.notRead')
  if (seen.similar.length > 0) return message('editing.create.like', { names: nameThem(seen.similar) })
  if (seen.fresh.length > 0) return message('editing.create.unlike', { names: nameThem(seen.fresh) })
  return message('editing.create.nothing')
}

/** Attaches the server's message to the field that it names, if any. */
function withFields(error: unknown): unknown {
  if (!(error instanceof AppError) || error.data.serverText === undefined) return error
  const text = error.data.serverText
  const field = formFieldNamedIn(text)
  return field === undefined
    ? error
    : new AppError(error.code, error.data.message, { ...error.data, fields: { [field]: foreign(text) } })
}
