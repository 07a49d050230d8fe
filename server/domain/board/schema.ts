import { STAGE_STATES, type StageState } from "../tenant/progress.ts";

/** Where a stage of one tenant stands on the board; null while it is locked. */
export type BoardCell = {
  state: StageState;
  /** When it came to stand there, in epoch ms. */
  at: number | null;
  jobId: string | null;
  /** Who asked for that job: a place in the board's list of people. */
  by: number | null;
  /** That job went without its approval, in an emergency. */
  isEmergency: boolean;
} | null;

/**
 * A cell on the wire: `passed 1795421000000 <job id> 2`, with a `!` behind it after an emergency, empty while locked. A thousand tenants hold eight thousand
 * cells; as objects they cost more to carry than to compute.
 */
export function encodeBoardCell(cell: BoardCell): string {
  if (cell === null) return "";
  const { state, at, jobId, by, isEmergency } = cell;
  return `${state} ${at ?? "-"} ${jobId ?? "-"} ${by ?? "-"}${isEmergency ? " !" : ""}`;
}

/** What `encodeBoardCell` made; anything else reads as locked, which promises nothing. */
export function decodeBoardCell(text: string): BoardCell {
  const [word, at = "-", jobId = "-", by = "-", mark = ""] = text.split(" ");
  const state = STAGE_STATES.find((one) => one === word);
  if (state === undefined || state === "locked") return null;
  const number = (field: string) => (field === "-" ? null : Number(field));
  return {
    state,
    at: number(at),
    jobId: jobId === "-" ? null : jobId,
    by: number(by),
    isEmergency: mark === "!",
  };
}
