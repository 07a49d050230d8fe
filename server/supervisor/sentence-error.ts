/** A refusal to start that is already a sentence for the person at the terminal; no stack trace helps. */
export class SentenceError extends Error {
  constructor(sentence: string, cause?: unknown) {
    super(sentence, cause === undefined ? undefined : { cause });
    this.name = "SentenceError";
  }
}
