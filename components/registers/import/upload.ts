import type { commitImport } from "#server/services/register/commit.ts";
import type { previewImport } from "#server/services/register/preview.ts";
import type { ImportAnswers } from "#server/domain/register/import/schema.ts";

/** As JSON brings it: times are texts, which the page does not show. */
export type ImportPreview = Awaited<ReturnType<typeof previewImport>>;
export type PreviewedDocument = ImportPreview["documents"][number];
export type ImportDone = Awaited<ReturnType<typeof commitImport>>;

/** What is to be imported, and where it stands in the tree. */
export interface Chosen {
  bytes: Blob;
  path: string;
}

/** The server refused, or did not answer; the message is for the person. */
class UploadError extends Error {
  override readonly name = "UploadError";
}

export const previewOf = (chosen: Chosen) =>
  send<ImportPreview>("/api/registers/preview", chosen.bytes, { path: chosen.path });

export const commitOf = (chosen: Chosen, about: { seen: string; answers: Record<string, ImportAnswers> }) =>
  send<ImportDone>("/api/registers/import", chosen.bytes, { path: chosen.path, ...about });

async function send<T>(address: string, document: Blob, about: object): Promise<T> {
  const form = new FormData();
  form.set("document", document);
  form.set("about", JSON.stringify(about));
  const answer = await fetch(address, {
    method: "POST",
    body: form,
    headers: { "x-countersign": "1" },
  }).catch(() => null);
  if (answer === null) {
    throw new UploadError("The console did not answer. Check your connection and try again.");
  }
  if (answer.ok) return answer.json();
  const refused: { error?: { message?: string } } = await answer.json().catch(() => ({}));
  throw new UploadError(
    refused.error?.message ?? `The console answered ${answer.status}. Nothing was imported.`,
  );
}
