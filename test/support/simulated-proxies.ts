import type { HttpResponse } from '../../src-main/http/response-verdict.ts'
import type { SimulatedHost } from './simulated-network.ts'

type InFront = Pick<SimulatedHost, 'mode' | 'namesNobody' | 'hidesRefusals' | 'setsCookies'>

/** Each cookie of a proxy's is another: they count up. */
let cookies = 0

/** What becomes of an answer on its way through the proxies in front of a host. */
export function inFront(host: InFront, method: string, isApi: boolean, answer: HttpResponse): HttpResponse {
  if (host.mode === 'asks-writes' && method !== 'GET' && isApi) return { status: 401, headers: {}, body: '' }
  const shown = host.namesNobody ? withoutName(answer) : answer
  const isHidden = host.hidesRefusals && isApi && shown.status === 401
  const passed = isHidden ? { status: 404, headers: { 'content-type': 'text/html' }, body: '<html></html>' } : shown
  return host.setsCookies ? withCookie(passed) : passed
}

function withoutName(answer: HttpResponse): HttpResponse {
  const { 'x-ausername': _name, 'x-seraph-loginreason': _reason, ...headers } = answer.headers
  return { ...answer, headers }
}

/** With a cookie that looks as a session's might. */
function withCookie(answer: HttpResponse): HttpResponse {
  cookies += 1
  const own = [answer.headers['set-cookie'] ?? []].flat()
  const cookie = `gwsession=${String(cookies).padStart(24, 'g')}; Path=/`
  return { ...answer, headers: { ...answer.headers, 'set-cookie': [...own, cookie] } }
}
