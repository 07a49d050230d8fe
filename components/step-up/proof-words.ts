import { refusalWords } from "#components/session/refusal-words.ts";

const WORDS: Readonly<Record<string, string>> = {
  refused: "The password is not right.",
  passkey_not_used:
    "The browser used no passkey: it was cancelled, took too long, or has none for this console.",
  passkey_refused: "The passkey did not prove that it is you.",
  foreign_passkey: "That is no passkey of yours.",
  challenge_spent: "That took too long, or was asked in another window. Try again.",
  counter_fell:
    "The passkey's counter went backwards, as when there are two copies of it. Use another one, remove this one, and tell an admin.",
  passkey_needed:
    "You have a passkey, and the password alone is not enough any more. Reload the page and use it.",
  passkey_known: "This device already holds a passkey of yours for this console.",
  signed_out: "You are signed out. Reload the page and sign in.",
};

/** The sentence for a proof that was refused or never given. */
export function proofWords(reason: string): string {
  return WORDS[reason] ?? refusalWords(reason).title;
}
