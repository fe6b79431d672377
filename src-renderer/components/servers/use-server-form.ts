import * as v from 'valibot'
import { computed, reactive, ref } from 'vue'
import type { AppErrorData } from '#contract/errors.ts'
import { serverInputSchema, type AddressInspection, type CredentialKind, type Server, type ServerInput } from '#contract/servers.ts'
import { ask, errorData } from '../../ask.ts'
import { useServers } from '../../stores/servers.ts'

const VAULT_CODES: readonly string[] = ['vault.locked', 'vault.unavailable', 'vault.failed']

/** The state of the dialog that adds or edits a server. Saving never depends on the test. */
export function useServerForm(serverId: string | null) {
  const servers = useServers()
  /** The server being edited; after a first save whose password was refused, the one just added. */
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
  const fields = ref<Record<string, string>>({})
  const error = ref<AppErrorData | null>(null)
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
    return credential.kind === 'token' ? '' : credential.user
  }

  async function inspect(): Promise<void> {
    if (input.address.trim() === '') return
    address.value = await ask('servers:inspect-address', { address: input.address })
    const { address: _address, ...others } = fields.value
    fields.value = address.value.problem === null ? others : { ...others, address: address.value.problem }
  }

  /** Checks by the contract's schema, so that the words are the same as those of the main process. */
  function check(): boolean {
    const parsed = v.safeParse(serverInputSchema, input)
    const found: Record<string, string> = {}
    for (const issue of parsed.issues ?? []) found[String(issue.path?.[0]?.key ?? '')] ??= issue.message
    if (address.value?.problem) found.address = address.value.problem
    if (credential.secret !== '' && credential.kind === 'basic' && credential.user === '') found.user = 'Enter the user name'
    const stored = saved.value?.credential
    if (credential.secret === '' && stored != null && (stored.kind !== credential.kind || stored.user !== userOf())) {
      found.secret = 'Enter the secret that belongs to this log-in'
    }
    fields.value = found
    return Object.keys(found).length === 0
  }

  function take(thrown: unknown): void {
    const data = errorData(thrown)
    if (data.fields === undefined) error.value = data
    else fields.value = data.fields
  }

  /** True when everything was stored. A password that the keychain refuses leaves the server saved without one. */
  async function save(isSessionOnly: boolean): Promise<boolean> {
    error.value = null
    if (input.address.trim() !== '') await inspect()
    if (!check()) return false
    isSaving.value = true
    try {
      saved.value =
        saved.value === null
          ? await ask('servers:add', input)
          : await ask('servers:update', { serverId: saved.value.id, input })
      if (credential.secret !== '') {
        await ask('credentials:set', {
          serverId: saved.value.id,
          credential: { kind: credential.kind, user: userOf(), secret: credential.secret },
          isSessionOnly,
        })
      }
      return true
    } catch (thrown) {
      take(thrown)
      return false
    } finally {
      isSaving.value = false
    }
  }

  async function test(): Promise<void> {
    error.value = null
    if (input.address.trim() !== '') await inspect()
    if (!check()) return
    isTesting.value = true
    testId.value = crypto.randomUUID()
    try {
      await ask('servers:test', {
        testId: testId.value,
        input,
        serverId: saved.value?.id ?? null,
        credential: credential.secret === '' ? null : { kind: credential.kind, user: userOf(), secret: credential.secret },
      })
    } catch (thrown) {
      take(thrown)
    } finally {
      isTesting.value = false
    }
  }

  if (before !== null) void inspect()
  return { saved, input, credential, address, fields, error, isSaving, isTesting, keepsSecret, sharesAddress, steps, isVaultRefused, inspect, save, test }
}
