import { describe, expect, it } from 'vitest'
import { foreign } from '../../src-contract/messages/message.ts'
import type { AppError } from '../../src-main/errors/app-error.ts'
import { CircuitBreaker } from '../../src-main/http/circuit-breaker.ts'

const down = { code: 'net.timeout', message: foreign('jira.example did not answer in time.') } as const

async function openCircuit(): Promise<CircuitBreaker> {
  const circuit = new CircuitBreaker()
  for (let count = 0; count < 3; count += 1) {
    await circuit.enter()
    circuit.failed(down)
  }
  return circuit
}

describe('the circuit of a server', () => {
  it('opens after three failures in a row, and then lets one request out at a time; the others share its failure', async () => {
    const circuit = await openCircuit()
    expect(circuit.isOpen).toBe(true)
    await circuit.enter()
    const waiting = [circuit.enter(), circuit.enter()]
    circuit.failed({ ...down, message: foreign('the newest failure') })
    for (const result of await Promise.allSettled(waiting))
      expect(result).toMatchObject({ status: 'rejected', reason: { message: 'the newest failure' } })
  })

  it('closes with the first answer, and lets all out who waited for it', async () => {
    const circuit = await openCircuit()
    await circuit.enter()
    const waiting = Array.from({ length: 10 }, () => circuit.enter())
    circuit.answered()
    await Promise.all(waiting)
    expect(circuit.isOpen).toBe(false)
  })

  it('lets the next probe out when the last has failed, or was called off; then one of those who wait', async () => {
    const circuit = await openCircuit()
    await circuit.enter()
    circuit.failed(down)
    await circuit.enter()
    let out = 0
    const waiting = [circuit.enter(), circuit.enter()].map((entering) => entering.then(() => (out += 1)))
    circuit.failed(null)
    await Promise.race(waiting)
    expect(out).toBe(1)
    circuit.answered()
    await Promise.all(waiting)
  })

  it('does not count an answer that is no good, what was called off, nor failures with an answer in between', () => {
    const circuit = new CircuitBreaker()
    for (let count = 0; count < 10; count += 1) {
      circuit.failed({ code: 'http.rate-limited', message: foreign('') })
      circuit.failed(null)
    }
    expect(circuit.isOpen).toBe(false)
    for (let count = 0; count < 10; count += 1) {
      circuit.failed(down)
      circuit.answered()
    }
    expect(circuit.isOpen).toBe(false)
  })

  it('never says of a request that was not sent that its answer was lost', async () => {
    const circuit = await openCircuit()
    await circuit.enter()
    const waiting = circuit.enter()
    circuit.failed(down)
    const error = (await waiting.catch((reason: unknown) => reason)) as AppError
    expect(error.isAnswerLost).toBe(false)
    expect(error.code).toBe('net.unreachable')
  })
})
