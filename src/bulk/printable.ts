/**
 * What a terminal would act on or not show as it is: control characters (C0, DEL, C1), separators of lines and paragraphs,
 * characters that turn the direction of writing, and halves of surrogate pairs.
 */
const UNSAFE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Bidi_Control}]/gu

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/**
 * Text for people, always one line: a file name with a line break, or with a terminal's commands in it, is shown with escapes.
 *
 * @example printable('a\nb.jpg') // 'a\\nb.jpg'
 */
export function printable(text: string): string {
  return text.replace(UNSAFE, (letter) => SHORT[letter] ?? escaped(letter))
}

/**
 * JSON in which the same characters are escaped: `JSON.stringify` leaves DEL, C1 and the marks of direction as they are.
 *
 * @example printableJson({ file: 'a\u007f.jpg' }) // '{"file":"a\\u007f.jpg"}'
 */
export function printableJson(value: unknown): string {
  return JSON.stringify(value, plain).replace(UNSAFE, escaped)
}

/** Scores come as typed arrays, of which JSON would make objects. */
function plain(_name: string, value: unknown): unknown {
  return value instanceof Float32Array ? [...value] : value
}

/** All of `UNSAFE` lies below U+10000: four digits are enough, and JSON has no other form. */
function escaped(letter: string): string {
  return `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`
}
