import { CircleAlert, CircleCheck, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { cx } from "./class-names.ts";

const kinds = {
  info: { word: "Note", Glyph: Info, box: "border-run-mark/30 bg-run-soft", mark: "text-run-mark" },
  ok: { word: "Done", Glyph: CircleCheck, box: "border-ok-mark/30 bg-ok-soft", mark: "text-ok-mark" },
  warning: {
    word: "Warning",
    Glyph: TriangleAlert,
    box: "border-wait-mark/35 bg-wait-soft",
    mark: "text-wait-mark",
  },
  danger: {
    word: "Problem",
    Glyph: CircleAlert,
    box: "border-bad-mark/35 bg-bad-soft",
    mark: "text-bad-mark",
  },
} as const;

type NoticeProps = {
  kind?: keyof typeof kinds;
  /** What happened, in one sentence. */
  title: ReactNode;
  /** What was not done and what to do next. */
  children?: ReactNode;
  action?: ReactNode;
  /** Announces it when it appears after the page was shown. */
  live?: boolean;
  className?: string;
};

export function Notice(props: NoticeProps) {
  const { kind = "info", title, children, action, live = false, className } = props;
  const { word, Glyph, box, mark } = kinds[kind];
  return (
    <div
      role={live ? (kind === "danger" ? "alert" : "status") : undefined}
      className={cx("flex gap-2.5 rounded-md border px-3 py-2.5", box, className)}
    >
      <Glyph aria-hidden="true" className={cx("mt-0.5 size-4 shrink-0", mark)} />
      <div className="grid min-w-0 flex-1 gap-0.5 wrap-anywhere">
        <p className="font-medium">
          <span className="sr-only">{word}: </span>
          {title}
        </p>
        {children !== undefined && <div className="text-ink-2">{children}</div>}
      </div>
      {action !== undefined && <div className="shrink-0 self-center">{action}</div>}
    </div>
  );
}
