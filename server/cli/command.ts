/** How a command ended, for whoever called it. */
export const EXIT = {
  /** Done; of a verification: everything fits. */
  ok: 0,
  /** Refused, or something does not verify. */
  refused: 1,
  /** Called wrongly, or a file cannot be read. */
  usage: 2,
} as const;

export interface Terminal {
  /** A line of the answer. */
  say: (line: string) => void;
  /** A line about what is wrong. */
  complain: (line: string) => void;
}

export interface Command {
  /** Arguments and options, one paragraph each, for --help. */
  readonly usage: string;
  /** Arguments after the words. Answers an exit code; throws UsageError, or what node:util parseArgs throws. */
  readonly run: (args: string[], terminal: Terminal) => Promise<number>;
}

/** A row of the list of commands: what is not called is not loaded. */
export interface ListedCommand {
  /** The words that call it, such as `audit verify`. */
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

/** Called wrongly; the message is a sentence about what to write instead. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
