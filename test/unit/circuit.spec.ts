import { describe, expect, it } from 'vitest'
import type { AppError } from '../../src-main/errors/app-error.ts'
import { Circuit } from '../../src-main/http/circuit.ts'

const down = { code: 'net.timeout', message: 'jira.example did not answer in time.' } as const

function openCircuit(): Circuit {
  const circuit = new Circuit()
  for (let count = 0; count < 3; count += 1) {
    circuit.enter()
    circuit.failed(down)
  }
  return circuit
}

describe('the circuit of a server', () => {
  it('opens after three failures in a row, and then lets one request out at a time', () => {
    const circuit = openCircuit()
    expect(circuit.isOpen).toBe(true)
    circuit.enter()
    expect(() => circuit.enter()).toThrow(down.message)
  })

  it('closes with the first answer', () => {
    const circuit = openCircuit()
    circuit.enter()
    circuit.answered()
    expect(circuit.isOpen).toBe(false)
    for (let count = 0; count < 10; count += 1) circuit.enter()
  })

  it('lets the next probe out when the last has failed, or was called off', () => {
    const circuit = openCircuit()
    circuit.enter()
    circuit.failed(down)
    circuit.enter()
    circuit.failed(null)
    expect(() => circuit.enter()).not.toThrow()
  })

  it('does not count an answer that is no good, nor failures with an answer in between', () => {
    const circuit = new Circuit()
    for (let count = 0; count < 10; count += 1) circuit.failed({ code: 'http.rate-limited', message: '' })
    for (let count = 0; count < 10; count += 1) {
      circuit.failed(down)
      circuit.answered()
    }
    expect(circuit.isOpen).toBe(false)
  })

  it('never says of a request that was not sent that its answer was lost', () => {
    const circuit = openCircuit()
    circuit.enter()
    try {
      circuit.enter()
      expect.unreachable()
    } catch (error) {
      expect((error as AppError).isAnswerLost).toBe(false)
      expect((error as AppError).code).toBe('net.unreachable')
    }
  })
})
