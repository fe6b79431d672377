import * as v from 'valibot'
import { computed, reactive, ref, watch } from 'vue'
import { problemOf } from '#contract/messages/problem.ts'
import type { WordedError } from '#contract/errors.ts'
import type { ServerId } from '#contract/ids.ts'
import { credentialInputSchema, type CredentialKind } from '#contract/credentials.ts'
import {
  serverInputSchema,
  testInputSchema,
  type AddressInspection,
  type Server,
  type ServerInput,
} from '#contract/servers.ts'
import { ask, errorData } from '../backend/ask.ts'
import { say, t } from '../text/t.ts'
import { useLatest } from '../ui/use-latest.ts'
import { useServers } from './servers.ts'

const VAULT_CODES: readonly string[] = ['vault.locked', 'vault.unavailable', 'vault.failed']

const FORM_FIELDS: readonly string[] = [
  'address',
  'allowPlainHttp',
  'name',
  'user',
  'secret',
  'projectKeys',
  'apiPath',
  'caPem',
]

/** The refused values that have a field here. The main process may name them by path, such as `input.projectKeys.0`. */
function fieldsOfForm(refused: Readonly<Record<string, string>>): Record<string, string> {
  const found: Record<string, string> = {}
  for (const [path, message] of Object.entries(refused)) {
    const name = path.split('.').find((part) => FORM_FIELDS.includes(part))
    if (name !== undefined) found[name] ??= message
  }
  return found
}

/** The state of the dialog that adds or edits a server. Saving never depends on the test. */
export function useServerForm(serverId: ServerId | null) {
  const servers = useServers()
  /** The server being edited; null for a new one. */
  const saved = ref<Server | null>(serverId === null ? null : (servers.byId.get(serverId) ?? null))
  const before = saved.value

  const input = reactive<ServerInput>({
    name: before?.name ?? '',
    address: before?.baseUrl ?? '',
    apiPath: before?.apiPath ?? '',
    environment: before?.environment ?? 'production',
    projectKeys: [...(before?.projectKeys ?? [])],
    caPem: before?.caPem ?? '',
    allowPlainHttp: before?.allowPlainHttp ?? false,
  })
  const credential = reactive({
    kind: (before?.credential?.kind ?? 'basic') as CredentialKind,
    user: before?.credential?.user ?? '',
    secret: '',
  })
  const address = ref<AddressInspection | null>(null)
  /** The text that `address` was derived from. */
  let inspected = ''
  const fields = ref<Record<string, string>>({})
  const error = ref<WordedError | null>(null)
  const isSaving = ref(false)
  const isTesting = ref(false)
  const testId = ref('')

  const keepsSecret = computed(() => {
    const stored = saved.value?.credential
    return stored != null && stored.kept !== 'missing' && stored.kind === credential.kind && stored.user === userOf()
  })
  const sharesAddress = computed(
    () =>
      address.value?.baseUrl != null &&
      servers.list.some((server) => server.id !== saved.value?.id && server.baseUrl === address.value?.baseUrl),
  )
  const steps = computed(() => servers.testSteps[testId.value] ?? [])
  const isVaultRefused = computed(() => error.value !== null && VAULT_CODES.includes(error.value.code))

  function userOf(): string {
    return credential.kind === 'token' ? '' : credential.user.normalize('NFC')
  }

  const beginInspection = useLatest()
  /**
   * Parses the address. `asking`: if it is ambiguous, the server is asked. `typing`: problems are not shown yet, as the
   * rest may follow.
   */
  async function inspect(how: 'asking' | 'typing' | null = null): Promise<void> {
    const isLatest = beginInspection()
    const text = input.address
    const isDecided = text === inspected && address.value?.candidates.length === 0
    if (text.trim() === '') address.value = null
    if (text.trim() !== '' && !isDecided) {
      const isExact = text === saved.value?.baseUrl
      const inspection = await ask('servers:inspect-address', {
        address: text,
        isExact,
        ...(how === 'asking' && { askTrusting: input.caPem }),
      })
      if (isLatest()) understand(text, inspection)
    }
    const problem = address.value?.problem ?? null
    if (how !== 'typing' && problem !== null) fields.value = { ...fields.value, address: say(problem) }
  }

  function understand(text: string, inspection: AddressInspection): void {
    inspected = text
    address.value = inspection
    const { address: _address, ...others } = fields.value
    fields.value = others
  }

  /** The content of the form, with the parsed address once it is unambiguous. */
  function entered(): ServerInput {
    const { baseUrl = null, candidates = [] } = address.value ?? {}
    return baseUrl === null || candidates.length > 0 || input.address !== inspected
      ? { ...input }
      : { ...input, address: baseUrl, isAddressExact: true }
  }

  /** The part that a test needs: everything but the name. */
  function tested(): Omit<ServerInput, 'name' | 'environment'> {
    const { name: _name, environment: _environment, ...others } = entered()
    return others
  }

  /** Validates with the contract's schema, so that the messages are those of the main process. */
  function check(issues: readonly v.BaseIssue<unknown>[] | undefined): boolean {
    const found: Record<string, string> = {}
    for (const issue of issues ?? []) found[String(issue.path?.[0]?.key ?? '')] ??= say(problemOf(issue))
    if (address.value?.problem) found.address = say(address.value.problem)
    const { kind, user, secret } = credential
    if (secret !== '' && kind === 'basic' && user === '') found.user = t('servers.form.userMissing')
    for (const issue of v.safeParse(credentialInputSchema, { kind, user: userOf(), secret }).issues ?? []) {
      const field = String(issue.path?.[0]?.key ?? '')
      // Without a password the one that is stored stays.
      if (field !== 'secret' || secret !== '') found[field] ??= say(problemOf(issue))
    }
    const stored = saved.value?.credential
    if (credential.secret === '' && stored != null && (stored.kind !== credential.kind || stored.user !== userOf())) {
      found.secret = t('servers.form.secretMissing')
    }
    fields.value = found
    return Object.keys(found).length === 0
  }

  function showRefusal(thrown: unknown): void {
    const data = errorData(thrown)
    fields.value = fieldsOfForm(data.fields ?? {})
    if (Object.keys(fields.value).length === 0) error.value = data
  }

  /** True when everything was stored. A new server whose password the keychain refuses is not added. */
  async function save(isSessionOnly: boolean): Promise<boolean> {
    error.value = null
    isSaving.value = true
    try {
      await inspect('asking')
      if (!check(v.safeParse(serverInputSchema, input).issues)) return false
      const { kind, secret } = credential
      const typed = secret !== '' && { credential: { kind, user: userOf(), secret }, isSessionOnly }
      saved.value =
        saved.value === null
          ? await ask('servers:add', { ...entered(), ...typed })
          : await ask('servers:update', { serverId: saved.value.id, input: entered(), ...typed })
      return true
    } catch (thrown) {
      showRefusal(thrown)
      return false
    } finally {
      isSaving.value = false
    }
  }

  /** False if the test did not start or was aborted; the reason is shown. */
  async function test(isLogInForced = false): Promise<boolean> {
    error.value = null
    try {
      await inspect()
      if (!check(v.safeParse(testInputSchema, tested()).issues)) return false
      isTesting.value = true
      testId.value = crypto.randomUUID()
      await ask('servers:test', {
        testId: testId.value,
        input: tested(),
        isLogInForced,
        serverId: saved.value?.id ?? null,
        credential:
          credential.secret === '' ? null : { kind: credential.kind, user: userOf(), secret: credential.secret },
      })
      return true
    } catch (thrown) {
      showRefusal(thrown)
      return false
    } finally {
      isTesting.value = false
    }
  }

  /** Uses another address of the same server that a test found. */
  function takeOver(found: string): void {
    const isPlainHttp = found.startsWith('http:')
    input.address = found
    input.allowPlainHttp = input.allowPlainHttp && isPlainHttp
    understand(found, {
      baseUrl: found,
      problem: null,
      notes: [{ key: 'servers.form.takenOver' }],
      isPlainHttp,
      candidates: [],
    })
    testId.value = ''
  }

  // If the address was ambiguous, the test has resolved it.
  watch(
    () => steps.value.find(({ step }) => step === 'address')?.baseUrl,
    (baseUrl) => {
      if (baseUrl !== undefined && address.value !== null)
        address.value = { ...address.value, baseUrl, candidates: [], notes: [{ key: 'servers.form.found' }] }
    },
  )

  // Hints about the address appear while it is typed, not when the pointer is already on its way to something below.
  watch(
    () => input.address,
    () => void inspect('typing').catch(showRefusal),
  )

  if (before !== null) void inspect()
  return {
    saved,
    input,
    credential,
    address,
    fields,
    error,
    isSaving,
    isTesting,
    keepsSecret,
    sharesAddress,
    steps,
    isVaultRefused,
    inspect,
    save,
    test,
    takeOver,
  }
}
