CREATE TABLE "runbook_document" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"content_hash" text NOT NULL,
	"source" text NOT NULL,
	"imported_by" uuid NOT NULL,
	"imported_at" timestamp with time zone NOT NULL,
	CONSTRAINT "runbook_document_content_hash_unique" UNIQUE("content_hash")
);
--> statement-breakpoint
CREATE TABLE "runbook_draft" (
	"id" uuid PRIMARY KEY NOT NULL,
	"slug" text NOT NULL,
	"base_version_id" uuid,
	"revision" integer NOT NULL,
	"state" text NOT NULL,
	"created_by" uuid NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"changed_at" timestamp with time zone NOT NULL,
	"version_id" uuid,
	CONSTRAINT "runbook_draft_published" CHECK (("runbook_draft"."state" = 'published') = ("runbook_draft"."version_id" is not null))
);
--> statement-breakpoint
CREATE TABLE "runbook_draft_revision" (
	"draft_id" uuid NOT NULL,
	"revision" integer NOT NULL,
	"source" text NOT NULL,
	"person_id" uuid NOT NULL,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "runbook_draft_revision_draft_id_revision_pk" PRIMARY KEY("draft_id","revision")
);
--> statement-breakpoint
ALTER TABLE "runbook_version" ADD COLUMN "authors" jsonb;--> statement-breakpoint
ALTER TABLE "runbook_version" ADD COLUMN "published_by" uuid;--> statement-breakpoint
ALTER TABLE "runbook_version" ADD COLUMN "proposal_id" uuid;--> statement-breakpoint
ALTER TABLE "runbook_document" ADD CONSTRAINT "runbook_document_imported_by_person_id_fk" FOREIGN KEY ("imported_by") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "runbook_draft" ADD CONSTRAINT "runbook_draft_base_version_id_runbook_version_id_fk" FOREIGN KEY ("base_version_id") REFERENCES "public"."runbook_version"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "runbook_draft" ADD CONSTRAINT "runbook_draft_created_by_person_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "runbook_draft" ADD CONSTRAINT "runbook_draft_version_id_runbook_version_id_fk" FOREIGN KEY ("version_id") REFERENCES "public"."runbook_version"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "runbook_draft_revision" ADD CONSTRAINT "runbook_draft_revision_draft_id_runbook_draft_id_fk" FOREIGN KEY ("draft_id") REFERENCES "public"."runbook_draft"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "runbook_draft_revision" ADD CONSTRAINT "runbook_draft_revision_person_id_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "runbook_draft_state" ON "runbook_draft" USING btree ("state","slug");--> statement-breakpoint
ALTER TABLE "runbook_version" ADD CONSTRAINT "runbook_version_published_by_person_id_fk" FOREIGN KEY ("published_by") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "runbook_version" ADD CONSTRAINT "runbook_version_proposal_id_proposal_id_fk" FOREIGN KEY ("proposal_id") REFERENCES "public"."proposal"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
-- Whoever wrote a part of the stage does not approve what it does, whatever the code forgets. Without a record of its
-- parts a version counts as written whole by its author.
create or replace function approval_not_by_author() returns trigger language plpgsql as $$
begin
  if new.decision = 'approve' and exists (
    select 1 from job join runbook_version version on version.id = job.runbook_version_id
    where job.id = new.job_id and case
      when version.authors -> 'stages' ? job.stage_key
        then version.authors -> 'stages' -> job.stage_key ? new.person_id::text
      else version.authored_by = new.person_id or jsonb_path_exists(
        version.authors, '$.parts.*.by[*] ? (@ == $person)', jsonb_build_object('person', new.person_id::text))
    end
  ) then
    raise exception 'the author of a block does not approve its jobs' using errcode = 'check_violation';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger announce after insert or update on runbook_draft for each row execute function announce_change();
