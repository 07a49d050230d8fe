import { partCuts } from "./cut.ts";
import type { BlockReader } from "./blocks.ts";
import { damageInWords } from "./damage.ts";
import { withoutMarkers } from "./markers.ts";
import { ROWS_MAX } from "./limits.ts";
import type { Placed, Role } from "./model.ts";
import { type ForeignReading, paragraphRole } from "./reading.ts";
import type { Part } from "./scan.ts";
import { isTableHead, isTableRule, stageRows } from "./stage-table.ts";

const LIST_ITEM = /^\s*(?:\d{1,3}[.)]|[-*]|\u2022)\s+(?=\S)/;
const OPEN_ITEMS = /^(?:#{1,6} +)?(?:\*\*)?(?:open items|open points|still open)\b/i;
/** What a page puts above a file that it shows. */
const PAGE_WORDS = new Set(["Newer", "Older", "Raw", "Blame", "History"]);
const PATH = /^[\w.-]+(?: \/ [\w.-]+)+$/;

/** The document's own words: everything outside of blocks. */
export class WordReader {
  readonly #reading: ForeignReading;
  readonly #blocks: BlockReader;

  constructor(reading: ForeignReading, blocks: BlockReader) {
    this.#reading = reading;
    this.#blocks = blocks;
  }

  blank(part: Part): void {
    this.#reading.piece(part, "blank");
    this.#reading.open = null;
  }

  heading(part: Part, title: string): void {
    const reading = this.#reading;
    reading.open = null;
    reading.isTable = false;
    reading.isOpenItems = OPEN_ITEMS.test(title);
    const isTitle = reading.document.title === null && reading.stage === null;
    if (isTitle) this.#title(part, title);
    else {
      reading.piece(part, "heading");
      reading.words(title, part.line);
    }
  }

  text(part: Part, isAlone: boolean): void {
    const { text } = part;
    const reading = this.#reading;
    if (reading.document.title === null && reading.stage === null && this.#head(part)) return;
    if (isTableHead(text)) {
      reading.isTable = true;
      reading.open = null;
    }
    if (reading.isTable && this.#row(part)) return;
    if (reading.open === null && (isAlone || OPEN_ITEMS.test(text)) && isLooseHeading(text)) {
      this.heading(part, text.trim());
      if (OPEN_ITEMS.test(text)) reading.stage = null;
      return;
    }
    let from = 0;
    for (const to of [...partCuts(text), text.length]) {
      const piece = { ...part, text: text.slice(from, to), column: part.column + from };
      this.#sentence(piece);
      from = to;
    }
  }

  #title(part: Part, title: string): void {
    this.#reading.document.title = title;
    this.#reading.piece(part, "title");
    this.#reading.words(title, part.line, true);
  }

  /** Lines before the title: what a page has put there, and the title itself. */
  #head(part: Part): boolean {
    const text = part.text.trim();
    const { document } = this.#reading;
    if (PAGE_WORDS.has(text)) {
      this.#reading.piece(part, "page");
      return true;
    }
    if (document.path === null && PATH.test(text)) {
      document.path = text.split(" / ").join("/");
      this.#reading.piece(part, "page");
      return true;
    }
    if (paragraphRole(text) !== "prose" || text.length > 200 || LIST_ITEM.test(text) || isTableHead(text))
      return false;
    this.#title(part, text);
    return true;
  }

  #row(part: Part): boolean {
    const { text, line } = part;
    if (isTableRule(text)) {
      this.#reading.piece(part, "table");
      return true;
    }
    const rows = stageRows(text, line);
    if (rows.length === 0 && !isTableHead(text)) {
      this.#reading.isTable = false;
      return false;
    }
    this.#reading.piece(part, "table");
    const { table } = this.#reading.document;
    const room = ROWS_MAX - table.length;
    table.push(...rows.slice(0, room));
    if (rows.length > room) {
      this.#unplaced(`A table of stages has at most ${ROWS_MAX} rows; the others were not taken.`, line);
    }
    return true;
  }

  #sentence(part: Part): void {
    const reading = this.#reading;
    const { text, line } = part;
    const trimmed = text.trim();
    const own = paragraphRole(text);
    const isItem = reading.isOpenItems && LIST_ITEM.test(text);
    const goesOn = own === "prose" && !isItem && reading.open !== null;
    if (goesOn && reading.open) {
      reading.open.add?.(trimmed);
      reading.piece(part, reading.open.role);
    } else {
      const role = isItem ? "open_item" : own;
      reading.open = {
        role,
        add: this.#begin(role, { text: trimmed.replace(isItem ? LIST_ITEM : "", ""), line }),
      };
      reading.piece(part, role);
    }
    // A legend says what markers mean; it marks nothing.
    const role = reading.open?.role ?? "prose";
    if (role !== "legend") reading.words(text, line, role === "status");
    if (role === "gate") for (const one of damageInWords(text, line)) reading.remark(one);
  }

  /** Puts a new part where it belongs. Answers how its further lines are added. */
  #begin(role: Role, placed: Placed): ((text: string) => void) | null {
    const reading = this.#reading;
    const { document, last } = reading;
    const add = (to: Placed) => (text: string) => {
      to.text = `${to.text}\n${text}`;
    };
    if (role === "gate") {
      if (last) last.gates.push(placed);
      else {
        const gate = { ...placed, assertions: [] };
        reading.stageHere(placed.line).gates.push(gate);
        return add(gate);
      }
    } else if (role === "expect") {
      if (last) last.expects.push(placed);
      else this.#unplaced("An expectation stands before any block.", placed.line);
    } else if (role === "caution") this.#blocks.caution(placed);
    else if (role === "status") (reading.stage?.statuses ?? document.statuses).push(placed);
    else if (role === "finding" || role === "open_item") {
      const said = { ...placed, stageKey: reading.stageKeyHere() };
      (role === "finding" ? document.findings : document.openItems).push(said);
      return add(said);
    } else return null;
    return add(placed);
  }

  #unplaced(says: string, line: number): void {
    this.#reading.remark({ code: "document.unplaced", severity: "warning", line, says });
  }
}

function isLooseHeading(text: string): boolean {
  const title = withoutMarkers(text);
  return title.length > 2 && title.length <= 100 && /^[A-Z]/.test(title) && !/[.:;,!?]$/.test(title);
}
