import { expect, it, vi } from 'vitest'

const noted = vi.hoisted(() => [] as string[])

vi.mock('../../../resources/tray.png?asset', () => ({ default: '' }))
vi.mock('../../../resources/trayTemplate.png?asset', () => ({ default: '' }))
vi.mock('electron', () => ({
  app: {
    isPackaged: true,
    commandLine: { hasSwitch: (name: string) => name === 'inspect' },
    exit: (code: number) => {
      throw new Error(`exit ${code}`)
    },
  },
  dialog: { showErrorBox: (title: string, text: string) => noted.push(`${title}: ${text}`) },
  protocol: { registerSchemesAsPrivileged: () => noted.push('a scheme is registered') },
}))

it('a packaged program that is to be debugged ends with 64, before anything else', async () => {
  const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  await expect(import('../../../src-main/index.ts')).rejects.toThrow('exit 64')
  expect(written).toHaveBeenCalledWith(
    'Syncdeck does not start with --inspect: another program could read and control its window.\n',
  )
  expect(noted.filter((line) => line.includes('scheme'))).toEqual([])
})
