"use client";

import { CircleUserRound, Keyboard, LogOut } from "lucide-react";
import Link from "next/link";
import { Avatar } from "#components/ui/avatar.tsx";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from "#components/ui/dropdown-menu.tsx";
import { ThemeMenuItems } from "./theme.tsx";

type PersonMenuProps = {
  name: string;
  email: string;
  roles: readonly string[];
  onShortcuts: () => void;
  /** An address to go to, or what to do. */
  signOut: string | (() => void);
};

export function PersonMenu({ name, email, roles, onShortcuts, signOut }: PersonMenuProps) {
  const out = (
    <>
      <LogOut aria-hidden="true" />
      Sign out
    </>
  );
  return (
    <DropdownMenu>
      <DropdownMenuTrigger className="flex h-8 items-center gap-2 rounded-md px-1 hover:bg-hover lg:pr-2">
        <Avatar name={name} />
        <span className="sr-only">Account of</span>
        <span className="grid text-left leading-4 max-lg:sr-only">
          <span>{name}</span>
          <span className="text-micro text-ink-3">{roles.join(", ")}</span>
        </span>
      </DropdownMenuTrigger>
      <DropdownMenuContent className="w-60">
        <div className="px-2 pt-1.5 pb-1">
          <p className="font-medium">{name}</p>
          <p className="truncate text-small text-ink-2">{email}</p>
          <p className="text-small text-ink-3">{roles.join(", ")}</p>
        </div>
        <DropdownMenuSeparator />
        <ThemeMenuItems />
        <DropdownMenuSeparator />
        <DropdownMenuItem asChild>
          <Link href="/settings/account">
            <CircleUserRound aria-hidden="true" />
            Your account
          </Link>
        </DropdownMenuItem>
        <DropdownMenuItem onSelect={onShortcuts}>
          <Keyboard aria-hidden="true" />
          Keyboard
        </DropdownMenuItem>
        {typeof signOut === "string" ? (
          <DropdownMenuItem asChild>
            <a href={signOut}>{out}</a>
          </DropdownMenuItem>
        ) : (
          <DropdownMenuItem onSelect={signOut}>{out}</DropdownMenuItem>
        )}
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
