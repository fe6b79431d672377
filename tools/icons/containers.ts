type Draw = (size: number) => Promise<Buffer>

/** The entries of an Apple icon by their size in pixels, those for dense screens included; all are PNG. */
const APPLE_ENTRIES: readonly (readonly [type: string, size: number])[] = [
  ['icp4', 16],
  ['icp5', 32],
  ['ic11', 32],
  ['ic12', 64],
  ['ic07', 128],
  ['ic13', 256],
  ['ic08', 256],
  ['ic14', 512],
  ['ic09', 512],
  ['ic10', 1024],
]

/** A Windows icon of PNG pictures, at most 256 pixels wide (“Icons” in the Windows documentation; PNG since Vista). */
export async function ico(sizes: readonly number[], draw: Draw): Promise<Buffer> {
  const pictures = await Promise.all(sizes.map(draw))
  const head = Buffer.alloc(6 + 16 * sizes.length)
  head.writeUInt16LE(1, 2)
  head.writeUInt16LE(sizes.length, 4)
  let offset = head.length
  for (const [index, size] of sizes.entries()) {
    const entry = 6 + 16 * index
    const { length } = pictures[index] ?? Buffer.alloc(0)
    // A byte has no 256; 0 stands for it.
    head.writeUInt8(size % 256, entry)
    head.writeUInt8(size % 256, entry + 1)
    head.writeUInt16LE(1, entry + 4)
    head.writeUInt16LE(32, entry + 6)
    head.writeUInt32LE(length, entry + 8)
    head.writeUInt32LE(offset, entry + 12)
    offset += length
  }
  return Buffer.concat([head, ...pictures])
}

/** An Apple icon: entries of a type, a length that counts this head, and a picture. */
export async function icns(draw: Draw): Promise<Buffer> {
  const chunk = (type: string, content: Buffer): Buffer => {
    const head = Buffer.alloc(8)
    head.write(type, 'latin1')
    head.writeUInt32BE(8 + content.length, 4)
    return Buffer.concat([head, content])
  }
  const entries = await Promise.all(APPLE_ENTRIES.map(async ([type, size]) => chunk(type, await draw(size))))
  return chunk('icns', Buffer.concat(entries))
}
