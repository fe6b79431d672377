import { expect, it } from 'vitest'
import { portableFolder } from '../../src-main/app/portable.ts'

it.each([
  [
    'a program on Linux',
    { platform: 'linux', execPath: '/opt/syncdeck/syncdeck', env: {} },
    '/opt/syncdeck/syncdeck-data',
  ],
  [
    'an AppImage, which runs from elsewhere',
    { platform: 'linux', execPath: '/tmp/.mount_Sync/syncdeck', env: { APPIMAGE: '/media/stick/Syncdeck.AppImage' } },
    '/media/stick/syncdeck-data',
  ],
  [
    'a portable program that unpacks itself',
    { platform: 'win32', execPath: '/temp/x/Syncdeck.exe', env: { PORTABLE_EXECUTABLE_DIR: '/stick' } },
    '/stick/syncdeck-data',
  ],
  [
    'a bundle on macOS',
    { platform: 'darwin', execPath: '/Volumes/Stick/Syncdeck.app/Contents/MacOS/Syncdeck', env: {} },
    '/Volumes/Stick/syncdeck-data',
  ],
])('the data of %s is beside it', (_name, program, folder) => {
  expect(portableFolder(program)).toBe(folder)
})
