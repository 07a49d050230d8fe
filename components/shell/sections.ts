import {
  BookText,
  Building2,
  CircleUserRound,
  Inbox,
  KeyRound,
  ListVideo,
  type LucideIcon,
  Scale,
  ScrollText,
  UsersRound,
} from "lucide-react";

export type ShellSection = { href: string; label: string; Glyph: LucideIcon; under?: string };

/** What the rail offers; only sections that exist. */
export const shellSections: readonly ShellSection[] = [
  { href: "/inbox", label: "Inbox", Glyph: Inbox },
  { href: "/tenants", label: "Tenants", Glyph: Building2 },
  { href: "/jobs", label: "Jobs", Glyph: ListVideo },
  { href: "/runbooks", label: "Runbooks", Glyph: BookText },
  { href: "/audit", label: "Audit log", Glyph: ScrollText },
  { href: "/settings/people", label: "People", Glyph: UsersRound, under: "Settings" },
  { href: "/settings/rules", label: "Rules", Glyph: Scale, under: "Settings" },
  { href: "/settings/signers", label: "Signers", Glyph: KeyRound, under: "Settings" },
  { href: "/settings/account", label: "Your account", Glyph: CircleUserRound, under: "Settings" },
];

/** An address belongs to a section when it is the section's own or lies below it. */
export function isWithin(path: string, href: string): boolean {
  return path === href || path.startsWith(`${href}/`);
}
