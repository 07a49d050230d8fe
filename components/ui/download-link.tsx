import { Download } from "lucide-react";
import { ButtonLink } from "./button.tsx";

/** Takes a file from the console; never fetched before it is clicked, because taking it is written down. */
export function DownloadLink({ href, children }: { href: string; children: string }) {
  return (
    <ButtonLink href={href} prefetch={false} icon={<Download />} download>
      {children}
    </ButtonLink>
  );
}
