import { STAGE_STATES, type StageState } from "../tenant/progress.ts";

/** Where a stage of one tenant stands on the board; null while it is locked. */
export type BoardCell = {
  state: StageState;
  /** When it came to stand there, in epoch ms. */
  at: number | null;
  jobId: string | null;
} | null;

/**
 * A cell on the wire: `passed 1795421000000 <job id>`, empty while locked. A thousand tenants hold eight thousand
 * cells; as objects they cost more to carry than to compute.
 */
export function encodeBoardCell(cell: BoardCell): string {
  return cell === null ? "" : `${cell.state} ${cell.at ?? "-"} ${cell.jobId ?? "-"}`;
}

/** What `encodeBoardCell` made; anything else reads as locked, which promises nothing. */
export function decodeBoardCell(text: string): BoardCell {
  const [word, at = "-", jobId = "-"] = text.split(" ");
  const state = STAGE_STATES.find((one) => one === word);
  if (state === undefined || state === "locked") return null;
  return { state, at: at === "-" ? null : Number(at), jobId: jobId === "-" ? null : jobId };
}
