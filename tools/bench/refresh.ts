import { Agent } from 'node:http'
import got from 'got'
import { workThrough } from '../../src-main/http/work-through.ts'
import { API, curl } from './curl.ts'
import { figureOf, type Figure } from './figure.ts'
import { openMain, type BenchMain } from './main-process.ts'
import { BenchServers } from './servers.ts'
import type { Scale } from './scale.ts'

/** One round over all servers: all lists and states. Resolves with milliseconds and the processor time in ms. */
async function round({ services, serverIds }: BenchMain): Promise<{ ms: number; cpuMs: number }> {
  const begin = performance.now()
  const cpu = process.cpuUsage()
  const results = await Promise.all(serverIds.map((id) => services.reader.refresh(id)))
  if (results.includes(false)) throw new Error('A server could not be read')
  const { user, system } = process.cpuUsage(cpu)
  return { ms: performance.now() - begin, cpuMs: (user + system) / 1000 }
}

/** The same addresses, got by nothing but got, with as many at a time; resolves with the processor time in ms. */
async function bareGot(addresses: readonly string[], parallel: number): Promise<number> {
  const agent = new Agent({ keepAlive: true })
  const headers = {
    authorization: `Basic ${Buffer.from('admin:admin').toString('base64')}`,
    accept: 'application/json',
  }
  const cpu = process.cpuUsage()
  await workThrough(addresses, parallel, async (address) => {
    await got(address, { headers, agent: { http: agent }, retry: { limit: 0 } }).json()
  })
  const { user, system } = process.cpuUsage(cpu)
  agent.destroy()
  return (user + system) / 1000
}

/** Reading all states over several servers, against curl, against the ideal, and what it costs. */
export async function benchRefresh({
  refresh: { servers: count, perServer, latencyMs },
  rounds,
}: Scale): Promise<Figure[]> {
  const servers = await BenchServers.start({ count, synchronizations: perServer, latencyMs })
  const main = await openMain(servers.baseUrls)
  try {
    await round(main)
    const connections = main.services.settings.get().requestsPerServer
    const keys = main.serverIds.map((id) => [...main.services.directory.keysOf(id)])
    const addresses = servers.baseUrls.flatMap((base, index) => [
      `${base}${API}/integrations`,
      ...(keys[index] ?? []).map((key) => `${base}${API}/integrations/${key}/status`),
    ])
    // A list and then its states: the ideal of a server that answers at once after its latency.
    const idealMs = latencyMs * (1 + Math.ceil(perServer / connections))
    const measured = []
    for (let index = 0; index < rounds; index += 1) {
      const curlMs = await curl(
        addresses.map((address) => ({ address })),
        connections * count,
      )
      const { ms, cpuMs } = await round(main)
      const gotCpuMs = await bareGot(addresses, connections * count)
      measured.push({ ms, cpuMs, curlMs, gotCpuMs, idealMs })
    }
    const calls = addresses.length
    const about = `${calls.toLocaleString('en')} calls to ${count} servers of ${latencyMs} ms, ${connections} at a time each`
    return [
      figureOf(
        { key: 'refresh.ratioToCurl', work: `${about}, ÷ curl`, unit: '×', reach: { most: 1.15 } },
        measured.map(({ ms, curlMs }) => ({ value: ms / curlMs, absolute: { ms, curlMs } })),
      ),
      figureOf(
        {
          key: 'refresh.ratioToIdeal',
          work: `${about}, ÷ calls × latency ÷ connections`,
          unit: '×',
          reach: { most: 1.25 },
        },
        measured.map(({ ms }) => ({ value: ms / idealMs, absolute: { ms, idealMs } })),
      ),
      figureOf(
        {
          key: 'refresh.cpuMsPerCall',
          work: 'processor time per call, ÷ a bare loop of got',
          unit: '×',
          reach: { most: 1.5 },
        },
        measured.map(({ cpuMs, gotCpuMs }) => ({
          value: cpuMs / gotCpuMs,
          absolute: { msPerCall: cpuMs / calls, gotMsPerCall: gotCpuMs / calls },
        })),
      ),
    ]
  } finally {
    await main.close()
    servers.stop()
  }
}

/** Calls for one round over servers whose lists carry states. */
export async function benchEmbedded({ embedded: { servers: count, perServer }, rounds }: Scale): Promise<Figure[]> {
  const servers = await BenchServers.start({ count, synchronizations: perServer, embedsStatus: true })
  const main = await openMain(servers.baseUrls)
  try {
    await round(main)
    await servers.requests()
    const measured = []
    for (let index = 0; index < rounds; index += 1) {
      const { ms } = await round(main)
      measured.push({ value: await servers.requests(), absolute: { ms } })
    }
    return [
      figureOf(
        {
          key: 'refresh.callsEmbedded',
          work: `one round over ${count} servers whose lists carry states`,
          unit: 'calls',
          reach: { exactly: count },
        },
        measured,
      ),
    ]
  } finally {
    await main.close()
    servers.stop()
  }
}
