CREATE TABLE "check_result" (
	"id" uuid PRIMARY KEY NOT NULL,
	"item_id" uuid NOT NULL,
	"outcome" text NOT NULL,
	"job_id" uuid,
	"observed" text NOT NULL,
	"reason" text NOT NULL,
	"owner_id" uuid,
	"counts_until" timestamp with time zone NOT NULL,
	"person_id" uuid NOT NULL,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "check_result_owned" CHECK ("check_result"."outcome" <> 'risk_accepted' or "check_result"."owner_id" is not null)
);
--> statement-breakpoint
CREATE TABLE "item" (
	"id" uuid PRIMARY KEY NOT NULL,
	"code" text NOT NULL,
	"kind" text NOT NULL,
	"document_id" uuid NOT NULL,
	"document_key" text NOT NULL,
	"position" bigint NOT NULL,
	"section" integer,
	"title" text NOT NULL,
	"words" text NOT NULL,
	"content" jsonb NOT NULL,
	"refs" text[] DEFAULT '{}' NOT NULL,
	"state" text NOT NULL,
	"owner_id" uuid,
	"due_on" date,
	"is_change" boolean DEFAULT false NOT NULL,
	"must_differ_from" uuid,
	"trigger" jsonb,
	"fired_because" text,
	"counts_until" timestamp with time zone,
	"revision" integer DEFAULT 1 NOT NULL,
	"created_by" uuid NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"changed_at" timestamp with time zone NOT NULL,
	"closed_at" timestamp with time zone,
	"removed_at" timestamp with time zone,
	"search" "tsvector" GENERATED ALWAYS AS (setweight(to_tsvector('simple', code || ' ' || title), 'A') || setweight(to_tsvector('simple', words), 'B')) STORED,
	CONSTRAINT "item_revision" CHECK ("item"."revision" >= 1)
);
--> statement-breakpoint
CREATE TABLE "item_event" (
	"item_id" uuid NOT NULL,
	"revision" integer NOT NULL,
	"act" text NOT NULL,
	"changes" jsonb NOT NULL,
	"reason" text,
	"person_id" uuid,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "item_event_item_id_revision_pk" PRIMARY KEY("item_id","revision")
);
--> statement-breakpoint
CREATE TABLE "item_gate" (
	"id" uuid PRIMARY KEY NOT NULL,
	"item_id" uuid NOT NULL,
	"cloud_name" text,
	"tenant_slug" text,
	"runbook_slug" text,
	"stage_key" text,
	"operation" text,
	"reason" text NOT NULL,
	"set_by" uuid NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"withdrawn_by" uuid,
	"withdrawn_at" timestamp with time zone,
	CONSTRAINT "item_gate_covers" CHECK (num_nonnulls("item_gate"."cloud_name", "item_gate"."tenant_slug", "item_gate"."runbook_slug", "item_gate"."operation") > 0),
	CONSTRAINT "item_gate_withdrawn" CHECK (("item_gate"."withdrawn_by" is null) = ("item_gate"."withdrawn_at" is null))
);
--> statement-breakpoint
CREATE TABLE "item_link" (
	"id" uuid PRIMARY KEY NOT NULL,
	"item_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"to_code" text NOT NULL,
	"to_item_id" uuid,
	"because" text NOT NULL,
	"state" text NOT NULL,
	"decided_by" uuid,
	"decided_at" timestamp with time zone,
	CONSTRAINT "item_link_once" UNIQUE("item_id","kind","to_code"),
	CONSTRAINT "item_link_decided" CHECK (("item_link"."state" = 'proposed') = ("item_link"."decided_by" is null) and ("item_link"."decided_by" is null) = ("item_link"."decided_at" is null))
);
--> statement-breakpoint
CREATE TABLE "item_tick" (
	"id" uuid PRIMARY KEY NOT NULL,
	"item_id" uuid NOT NULL,
	"point" text NOT NULL,
	"evidence_kind" text NOT NULL,
	"evidence_id" text NOT NULL,
	"person_id" uuid NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"withdrawn_by" uuid,
	"withdrawn_at" timestamp with time zone,
	CONSTRAINT "item_tick_withdrawn" CHECK (("item_tick"."withdrawn_by" is null) = ("item_tick"."withdrawn_at" is null))
);
--> statement-breakpoint
CREATE TABLE "register_document" (
	"id" uuid PRIMARY KEY NOT NULL,
	"path" text NOT NULL,
	"kind" text NOT NULL,
	"created_by" uuid NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "register_document_path_unique" UNIQUE("path")
);
--> statement-breakpoint
CREATE TABLE "register_document_version" (
	"id" uuid PRIMARY KEY NOT NULL,
	"document_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"text" text NOT NULL,
	"digest" text NOT NULL,
	"imported_by" uuid NOT NULL,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "register_document_version_number" UNIQUE("document_id","number")
);
--> statement-breakpoint
CREATE TABLE "ruling" (
	"id" uuid PRIMARY KEY NOT NULL,
	"item_id" uuid NOT NULL,
	"point" text NOT NULL,
	"ruling" text NOT NULL,
	"reason" text NOT NULL,
	"amendment" text,
	"trigger" jsonb,
	"person_id" uuid NOT NULL,
	"proposal_id" uuid,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "ruling_amendment" CHECK (("ruling"."ruling" = 'amend') = ("ruling"."amendment" is not null)),
	CONSTRAINT "ruling_trigger" CHECK (("ruling"."ruling" = 'defer') = ("ruling"."trigger" is not null))
);
--> statement-breakpoint
CREATE TABLE "saved_view" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"query" text NOT NULL,
	"is_shared" boolean NOT NULL,
	"owner_id" uuid NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"removed_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "series_number" (
	"series" text NOT NULL,
	"number" integer NOT NULL,
	"suffix" text DEFAULT '' NOT NULL,
	"state" text NOT NULL,
	"holder" text NOT NULL,
	"purpose" text NOT NULL,
	"person_id" uuid NOT NULL,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "series_number_series_number_suffix_pk" PRIMARY KEY("series","number","suffix"),
	CONSTRAINT "series_number_range" CHECK ("series_number"."number" between 0 and 999999)
);
--> statement-breakpoint
CREATE TABLE "series_number_event" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "series_number_event_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"series" text NOT NULL,
	"number" integer NOT NULL,
	"suffix" text NOT NULL,
	"act" text NOT NULL,
	"holder" text NOT NULL,
	"says" text NOT NULL,
	"person_id" uuid NOT NULL,
	"at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "check_result" ADD CONSTRAINT "check_result_item_id_item_id_fk" FOREIGN KEY ("item_id") REFERENCES "public"."item"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "check_result" ADD CONSTRAINT "check_result_owner_id_person_id_fk" FOREIGN KEY ("owner_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "check_result" ADD CONSTRAINT "check_result_person_id_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "item" ADD CONSTRAINT "item_document_id_register_document_id_fk" FOREIGN KEY ("document_id") REFERENCES "public"."register_document"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "item" ADD CONSTRAINT "item_owner_id_person_id_fk" FOREIGN KEY ("owner_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "item" ADD CONSTRAINT "item_must_differ_from_person_id_fk" FOREIGN KEY ("must_differ_from") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "item" ADD CONSTRAINT "item_created_by_person_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "item_event" ADD CONSTRAINT "item_event_item_id_item_id_fk" FOREIGN KEY ("item_id") REFERENCES "public"."item"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "item_event" ADD CONSTRAINT "item_event_person_id_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "item_gate" ADD CONSTRAINT "item_gate_item_id_item_id_fk" FOREIGN KEY ("item_id") REFERENCES "public"."item"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "item_gate" ADD CONSTRAINT "item_gate_set_by_person_id_fk" FOREIGN KEY ("set_by") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "item_gate" ADD CONSTRAINT "item_gate_withdrawn_by_person_id_fk" FOREIGN KEY ("withdrawn_by") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "item_link" ADD CONSTRAINT "item_link_item_id_item_id_fk" FOREIGN KEY ("item_id") REFERENCES "public"."item"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "item_link" ADD CONSTRAINT "item_link_to_item_id_item_id_fk" FOREIGN KEY ("to_item_id") REFERENCES "public"."item"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "item_link" ADD CONSTRAINT "item_link_decided_by_person_id_fk" FOREIGN KEY ("decided_by") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "item_tick" ADD CONSTRAINT "item_tick_item_id_item_id_fk" FOREIGN KEY ("item_id") REFERENCES "public"."item"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "item_tick" ADD CONSTRAINT "item_tick_person_id_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "item_tick" ADD CONSTRAINT "item_tick_withdrawn_by_person_id_fk" FOREIGN KEY ("withdrawn_by") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "register_document" ADD CONSTRAINT "register_document_created_by_person_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "register_document_version" ADD CONSTRAINT "register_document_version_document_id_register_document_id_fk" FOREIGN KEY ("document_id") REFERENCES "public"."register_document"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "register_document_version" ADD CONSTRAINT "register_document_version_imported_by_person_id_fk" FOREIGN KEY ("imported_by") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ruling" ADD CONSTRAINT "ruling_item_id_item_id_fk" FOREIGN KEY ("item_id") REFERENCES "public"."item"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ruling" ADD CONSTRAINT "ruling_person_id_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ruling" ADD CONSTRAINT "ruling_proposal_id_proposal_id_fk" FOREIGN KEY ("proposal_id") REFERENCES "public"."proposal"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "saved_view" ADD CONSTRAINT "saved_view_owner_id_person_id_fk" FOREIGN KEY ("owner_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "series_number" ADD CONSTRAINT "series_number_person_id_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "series_number_event" ADD CONSTRAINT "series_number_event_person_id_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "series_number_event" ADD CONSTRAINT "series_number_event_series_number_suffix_series_number_series_number_suffix_fk" FOREIGN KEY ("series","number","suffix") REFERENCES "public"."series_number"("series","number","suffix") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "check_result_item" ON "check_result" USING btree ("item_id","at");--> statement-breakpoint
CREATE UNIQUE INDEX "item_key" ON "item" USING btree ("document_id","document_key") WHERE removed_at is null;--> statement-breakpoint
CREATE INDEX "item_code" ON "item" USING btree ("code");--> statement-breakpoint
CREATE INDEX "item_open" ON "item" USING btree ("kind","state","created_at","id");--> statement-breakpoint
CREATE INDEX "item_owner" ON "item" USING btree ("owner_id","state");--> statement-breakpoint
CREATE INDEX "item_due" ON "item" USING btree ("due_on","id");--> statement-breakpoint
CREATE INDEX "item_changed" ON "item" USING btree ("changed_at","id");--> statement-breakpoint
CREATE INDEX "item_search" ON "item" USING gin ("search");--> statement-breakpoint
CREATE INDEX "item_gate_item" ON "item_gate" USING btree ("item_id");--> statement-breakpoint
CREATE INDEX "item_link_back" ON "item_link" USING btree ("to_code","state");--> statement-breakpoint
CREATE INDEX "item_link_to" ON "item_link" USING btree ("to_item_id");--> statement-breakpoint
CREATE UNIQUE INDEX "item_tick_once" ON "item_tick" USING btree ("item_id","point") WHERE withdrawn_at is null;--> statement-breakpoint
CREATE INDEX "ruling_item" ON "ruling" USING btree ("item_id","at");--> statement-breakpoint
CREATE UNIQUE INDEX "saved_view_name" ON "saved_view" USING btree ("owner_id","name") WHERE removed_at is null;--> statement-breakpoint
CREATE INDEX "series_number_event_number" ON "series_number_event" USING btree ("series","number","suffix","id");--> statement-breakpoint
-- An import writes many items in one statement: those are announced once, without naming each.
create function announce_items() returns trigger language plpgsql as $$
declare
  changed bigint := (select count(*) from touched);
begin
  if changed > 0 then
    perform pg_notify('countersign', json_build_object(
      'kind', 'item',
      'id', case when changed = 1 then (select id from touched) end
    )::text);
  end if;
  return null;
end $$;
--> statement-breakpoint
create trigger announce after insert on item referencing new table as touched for each statement execute function announce_items();
--> statement-breakpoint
create trigger announce_update after update on item referencing new table as touched for each statement execute function announce_items();
--> statement-breakpoint
create trigger announce after insert or update on item_link for each row execute function announce_change();
--> statement-breakpoint
-- A number that was given up stays given up, and one that is assigned is never merely reserved again.
create function guard_series_number() returns trigger language plpgsql as $$
begin
  if old.state = 'relinquished' or (old.state = 'assigned' and new.state in ('reserved', 'provisional')) then
    raise exception 'series number % % is % and cannot become %', old.series, old.number, old.state, new.state
      using errcode = 'check_violation', constraint = 'series_number_state';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger guard before update on series_number for each row execute function guard_series_number();
