import {
  Activity,
  ListChecks,
  ShieldCheck,
  BadgeCheck,
  BookText,
  Boxes,
  Building2,
  CircleUserRound,
  FileLock2,
  FileText,
  Hash,
  NotebookPen,
  SpellCheck,
  ClipboardList,
  Gauge,
  Gavel,
  GitCommitHorizontal,
  Hourglass,
  IdCard,
  Inbox,
  KeyRound,
  ListVideo,
  type LucideIcon,
  Milestone,
  Scale,
  ScrollText,
  ShieldAlert,
  Server,
  Stamp,
  UsersRound,
  Vault,
} from "lucide-react";

export type ShellSection = {
  href: string;
  label: string;
  Glyph: LucideIcon;
  under?: string;
  /** Left out of the bar of a narrow screen: its group has one entry there, under this name. */
  narrow?: string | null;
};

/** What the rail offers; only sections that exist. */
export const shellSections: readonly ShellSection[] = [
  { href: "/inbox", label: "Inbox", Glyph: Inbox },
  { href: "/tenants", label: "Tenants", Glyph: Building2 },
  { href: "/jobs", label: "Jobs", Glyph: ListVideo },
  { href: "/runbooks", label: "Runbooks", Glyph: BookText },
  { href: "/registers", label: "Overview", Glyph: Gauge, under: "Registers", narrow: "Registers" },
  {
    href: "/registers/items",
    label: "Open items",
    Glyph: ClipboardList,
    under: "Registers",
    narrow: "Items",
  },
  { href: "/registers/items?kind=R", label: "Rulings", Glyph: Gavel, under: "Registers", narrow: null },
  { href: "/registers/checks", label: "Checks", Glyph: BadgeCheck, under: "Registers", narrow: null },
  {
    href: "/registers/items?show=all&kind=decision",
    label: "Decisions",
    Glyph: Milestone,
    under: "Registers",
    narrow: null,
  },
  {
    href: "/registers/items?show=all&kind=change,running_entry",
    label: "Changelog",
    Glyph: GitCommitHorizontal,
    under: "Registers",
    narrow: null,
  },
  {
    href: "/registers/items?kind=ledger_row",
    label: "Security ledger",
    Glyph: ShieldAlert,
    under: "Registers",
    narrow: null,
  },
  {
    href: "/registers/items?kind=deferred",
    label: "Deferred",
    Glyph: Hourglass,
    under: "Registers",
    narrow: null,
  },
  { href: "/registers/numbers", label: "Numbers", Glyph: Hash, under: "Registers", narrow: null },
  {
    href: "/registers/documents",
    label: "Documents",
    Glyph: FileText,
    under: "Registers",
    narrow: "Documents",
  },
  { href: "/registers/sessions", label: "Sessions", Glyph: NotebookPen, under: "Registers", narrow: null },
  { href: "/registers/lint", label: "Lint", Glyph: SpellCheck, under: "Registers", narrow: null },
  { href: "/guests", label: "Guests", Glyph: Boxes },
  { href: "/policy", label: "Policy", Glyph: FileLock2 },
  { href: "/access/actors", label: "Actors", Glyph: IdCard, under: "Access" },
  { href: "/access/decisions", label: "Access decisions", Glyph: ListChecks, under: "Access", narrow: null },
  { href: "/access/policies", label: "Access policy", Glyph: ShieldCheck, under: "Access", narrow: null },
  { href: "/access/service", label: "Decision service", Glyph: Activity, under: "Access", narrow: null },
  { href: "/access/certificates", label: "Certificates", Glyph: Stamp, under: "Access" },
  { href: "/access/backend", label: "Certificate backend", Glyph: Vault, under: "Access", narrow: null },
  { href: "/audit", label: "Audit log", Glyph: ScrollText },
  { href: "/settings/people", label: "People", Glyph: UsersRound, under: "Settings" },
  { href: "/settings/rules", label: "Rules", Glyph: Scale, under: "Settings" },
  { href: "/settings/hosts", label: "Hosts", Glyph: Server, under: "Settings" },
  { href: "/settings/signers", label: "Signers", Glyph: KeyRound, under: "Settings" },
  { href: "/settings/account", label: "Your account", Glyph: CircleUserRound, under: "Settings" },
];

/** An address belongs to a section when it is the section's own or lies below it. */
export function isWithin(path: string, href: string): boolean {
  return path === href || path.startsWith(`${href}/`);
}

/**
 * Whether this is where a section is. Of sections that share a path, the one whose kinds are asked for is; the section
 * without any is where none of them is. An overview has the pages below it only where no other section has them.
 */
export function isHere(path: string, kinds: string | null, href: string): boolean {
  const [own = "", query] = href.split("?");
  const ownKinds = new URLSearchParams(query ?? "").get("kind");
  if (ownKinds !== null) return path === own && kinds === ownKinds;
  if (!isWithin(path, own)) return false;
  return !shellSections.some(
    (other) =>
      other.href !== href &&
      (other.href.startsWith(`${own}/`)
        ? isWithin(path, other.href)
        : other.href.startsWith(`${own}?`) && isHere(path, kinds, other.href)),
  );
}
