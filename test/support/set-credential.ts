import type { RequestArgs } from '../../src-contract/contract.ts'
import type { CredentialInput } from '../../src-contract/credentials.ts'
import type { TestMain } from './services.ts'

/** Saves a server unchanged except for another password or token, as the form does. */
export async function setCredential(
  main: Pick<TestMain, 'ask'>,
  { serverId, ...typed }: { serverId: string; credential: CredentialInput; isSessionOnly: boolean },
): Promise<void> {
  const server = (await main.ask('servers:list', {})).find(({ id }) => id === serverId)
  if (server === undefined) throw new Error(`There is no server ${serverId}`)
  const { name, baseUrl: address, apiPath, environment, projectKeys, caPem, allowPlainHttp } = server
  const input: RequestArgs<'servers:update'>['input'] = {
    name,
    address,
    apiPath,
    environment,
    projectKeys,
    caPem,
    allowPlainHttp,
    isAddressExact: true,
  }
  await main.ask('servers:update', { serverId, input, ...typed })
}
