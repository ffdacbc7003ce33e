// In place of jq: fails unless standard input is JSON, one value or one a line.
import { readFileSync } from 'node:fs'

const text = readFileSync(0, 'utf8')
try {
  JSON.parse(text)
} catch {
  for (const line of text.trimEnd().split('\n')) JSON.parse(line)
}
