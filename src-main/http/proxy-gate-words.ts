import { message } from '#contract/messages/message.ts'
import { AppError } from '../errors/app-error.ts'

/** Why nothing more is sent through a proxy until the user acts. */
export function closedProxy(
  reason: 'refused' | 'unanswered',
  about: { readonly host: string; readonly user: string },
): AppError {
  const { host, user } = about
  return reason === 'refused'
    ? new AppError('net.proxy-refused', message('errors.proxy.refused', { host, user }), {
        advice: message('errors.proxy.refusedAdvice'),
      })
    : new AppError('net.proxy-refused', message('errors.proxy.unanswered', { host, user }), {
        advice: message('errors.proxy.unansweredAdvice'),
      })
}

/** Why nothing is sent through a proxy for a while. `isSilent`: it answers nothing at all. */
export function heldProxy(host: string, heldMs: number, isSilent: boolean): AppError {
  const minutes = Math.ceil(heldMs / 60_000)
  const words = isSilent
    ? message('errors.proxy.heldBrokenOff', { host, minutes })
    : message('errors.proxy.heldUnsaid', { host, minutes })
  return new AppError('net.proxy', words, { advice: message('errors.proxy.heldAdvice') })
}

/** Why the user's attempt cannot be made yet. */
export function tooSoonForProxy(waitMs: number): AppError {
  return new AppError('auth.too-soon', message('errors.tooSoon', { seconds: Math.ceil(waitMs / 1000) }), {
    advice: message('errors.tooSoonLock'),
  })
}
