import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTRPC } from "#components/trpc/api.ts";
import { errorOfField } from "#components/trpc/refusal.tsx";
import { isItemKind, itemOf, linesOf, type NewKind, type Words } from "./new-item-form.ts";

const jobsIn = (text: string) => text.split(/[ ,]+/).flatMap((one) => (one === "" ? [] : [Number(one)]));

/** Enters what the form of a kind says, by the act of that kind. */
export function useEnter(kind: NewKind, onMade: (itemId: string) => void) {
  const trpc = useTRPC();
  const client = useQueryClient();
  const after = {
    onSuccess: async ({ itemId }: { itemId: string }) => {
      await client.invalidateQueries({ queryKey: trpc.items.pathKey() });
      onMade(itemId);
    },
  };
  const item = useMutation(trpc.items.create.mutationOptions(after));
  const decision = useMutation(trpc.items.createDecision.mutationOptions(after));
  const row = useMutation(trpc.items.createRow.mutationOptions(after));
  const change = useMutation(trpc.itemActs.addChange.mutationOptions(after));
  const isItem = isItemKind(kind);
  const act = isItem ? item : kind === "decision" ? decision : kind === "ledger_row" ? row : change;

  function enter({ documentId, words }: { documentId: string | null; words: Words }) {
    const { title, ownerId, dueOn } = words;
    const placed = {
      documentId,
      ownerId: ownerId === "" ? null : ownerId,
      dueOn: dueOn === "" ? null : dueOn,
    };
    if (isItem) return item.mutate({ ...placed, item: itemOf(kind, words) });
    if (kind === "ledger_row") return row.mutate({ ...placed, row: { title, note: words.note } });
    if (kind === "decision") {
      const { context, consequence, validation, related, supersedes } = words;
      const said = { title, context, points: linesOf(words.points) };
      return decision.mutate({
        ...placed,
        decision: { ...said, consequence, validation, related, supersedes },
      });
    }
    const { idText, files, why, revert } = words;
    return change.mutate({
      documentId,
      what: title,
      takes: words.takes === "" ? null : words.takes,
      idText,
      files,
      why,
      revert,
      itemIds: [],
      jobs: jobsIn(words.jobs),
    });
  }

  /** Where the fields of a form stand in what is sent. */
  const errorAt = (key: string) => {
    if (isItem) return errorOfField(act.error, `item.${key}`);
    if (kind === "change") return errorOfField(act.error, key === "title" ? "what" : key);
    return errorOfField(act.error, `${kind === "decision" ? "decision" : "row"}.${key}`);
  };
  return { enter, error: act.error, isPending: act.isPending, errorAt };
}
