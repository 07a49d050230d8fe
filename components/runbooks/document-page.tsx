"use client";

import { useSuspenseQuery } from "@tanstack/react-query";
import { useTRPC } from "#components/trpc/api.ts";
import { CodeBlock } from "#components/ui/code.tsx";
import { Mono } from "#components/ui/mono.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Section } from "#components/ui/section.tsx";
import { DocumentOutline } from "./document-outline.tsx";

/** A runbook from elsewhere as it was kept. */
export function DocumentPage({ documentId }: { documentId: string }) {
  const trpc = useTRPC();
  const { data } = useSuspenseQuery(trpc.runbooks.document.queryOptions({ documentId }));
  return (
    <div className="grid gap-8">
      <PageHeader
        title={data.name}
        crumbs={[{ label: "Runbooks", href: "/runbooks" }]}
        meta={
          <>
            <span>
              {data.importedBy} imported it <RelativeTime at={data.importedAt} />
            </span>
            <Mono head={19} copy>
              {data.contentHash}
            </Mono>
          </>
        }
      />
      <DocumentOutline outline={data.outline} />
      <Section title="As it came">
        <CodeBlock title={data.name} copyText={data.source} maxHeight={480}>
          {data.source}
        </CodeBlock>
      </Section>
    </div>
  );
}
