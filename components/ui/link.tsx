import NextLink from "next/link";
import type { ComponentProps } from "react";
import { cx } from "./class-names.ts";

const tones = {
  /** In running text: underlined, so it is not told apart by colour alone. */
  prose: "text-accent-ink underline decoration-accent-ink/40 underline-offset-2 hover:decoration-current",
  /** In tables and lists, where position says that it is a link. */
  quiet: "text-ink underline-offset-2 hover:text-accent-ink hover:underline",
  /** For identifiers and numbers. */
  mono: "font-mono text-small text-accent-ink underline-offset-2 hover:underline",
} as const;

export function Link({
  tone = "prose",
  className,
  ...link
}: ComponentProps<typeof NextLink> & { tone?: keyof typeof tones }) {
  return <NextLink {...link} className={cx("rounded-sm", tones[tone], className)} />;
}
