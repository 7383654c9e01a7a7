/** Ends a command with exit code 1. The message says what happened and, where there is one, the way out. */
export class CommandFailed extends Error {
  override name = "CommandFailed";
}
