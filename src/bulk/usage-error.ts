/** The command line cannot be carried out as it was typed: exit code 2, with a hint at --help. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
