import { shell } from 'electron'
import { message } from '#contract/messages/message.ts'
import { AppError } from '../errors/app-error.ts'

/**
 * Opens an address in the browser, only on the origin of `baseUrl`. Everything that leads outside goes through here.
 * Throws `input.invalid` for any other address.
 */
export async function openOnServer(address: string, baseUrl: string): Promise<void> {
  const url = URL.parse(address)
  const isWeb = url?.protocol === 'https:' || url?.protocol === 'http:'
  if (url === null || !isWeb || url.origin !== new URL(baseUrl).origin || url.username !== '' || url.password !== '') {
    throw new AppError('input.invalid', message('errors.notOnServer'))
  }
  await shell.openExternal(url.href)
}
