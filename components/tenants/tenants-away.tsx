import { ButtonLink } from "#components/ui/button.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";

/** A page whose read was refused: the sentence, and the way back. */
export function TenantsAway({ title, says }: { title: string; says: string }) {
  return (
    <>
      <PageHeader title={title} />
      <Notice
        kind="warning"
        title={says}
        action={
          <ButtonLink size="sm" href="/inbox">
            Go to the inbox
          </ButtonLink>
        }
      >
        Nothing was changed. Load this page again in a moment.
      </Notice>
    </>
  );
}
