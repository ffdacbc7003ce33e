// Text and bytes. jsdom, in which people test, has neither TextDecoder nor TextEncoder.

/** Text of one character for each byte (Latin-1). */
export function latin1(bytes: Uint8Array): string {
  let text = ''
  // In pieces: a call takes only so many arguments.
  for (let at = 0; at < bytes.length; at += 4096) text += String.fromCharCode(...bytes.subarray(at, at + 4096))
  return text
}

/** Text in another encoding, faults replaced; where the platform decodes none, its ASCII characters are right. */
export function decodeText(bytes: Uint8Array, encoding: 'utf-8' | 'utf-16le' | 'utf-16be' = 'utf-8'): string {
  if (typeof TextDecoder !== 'undefined') return new TextDecoder(encoding).decode(bytes)
  return encoding === 'utf-8' ? latin1(bytes) : latin1(bytes).replaceAll('\0', '')
}

/** Text as UTF-8; halves of characters are replaced. */
export function utf8(text: string): Uint8Array<ArrayBuffer> {
  if (typeof TextEncoder !== 'undefined') return new TextEncoder().encode(text)
  const whole = text.replace(/\p{Cs}/gu, '\ufffd')
  const bytes = encodeURIComponent(whole).replace(/%(..)/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Uint8Array.from(bytes, (byte) => byte.charCodeAt(0))
}
