CREATE TABLE "block_attestation" (
	"id" uuid PRIMARY KEY NOT NULL,
	"digest" text NOT NULL,
	"host_id" uuid NOT NULL,
	"script" text NOT NULL,
	"identity" text NOT NULL,
	"item_id" uuid NOT NULL,
	"person_id" uuid NOT NULL,
	"reason" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"withdrawn_by" uuid,
	"withdrawn_at" timestamp with time zone,
	"withdrawn_reason" text,
	CONSTRAINT "block_attestation_withdrawn" CHECK (("block_attestation"."withdrawn_by" is null) = ("block_attestation"."withdrawn_at" is null) and ("block_attestation"."withdrawn_by" is null) = ("block_attestation"."withdrawn_reason" is null))
);
--> statement-breakpoint
CREATE TABLE "check_line" (
	"run_id" uuid NOT NULL,
	"seq" integer NOT NULL,
	"stream" text NOT NULL,
	"text" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "check_line_run_id_seq_pk" PRIMARY KEY("run_id","seq")
);
--> statement-breakpoint
CREATE TABLE "check_run" (
	"id" uuid PRIMARY KEY NOT NULL,
	"item_id" uuid NOT NULL,
	"digest" text NOT NULL,
	"script" text NOT NULL,
	"host_id" uuid NOT NULL,
	"host_name" text NOT NULL,
	"identity" text NOT NULL,
	"parameters" jsonb NOT NULL,
	"settings" jsonb NOT NULL,
	"requested_by" uuid NOT NULL,
	"requested_at" timestamp with time zone NOT NULL,
	"state" text NOT NULL,
	"claimed_by" uuid,
	"started_at" timestamp with time zone,
	"cancel_requested_by" uuid,
	"cancel_requested_at" timestamp with time zone,
	"finished_at" timestamp with time zone,
	"ending" text,
	"exit_code" integer,
	"says" text,
	"observed" text,
	"lines" integer,
	"is_truncated" boolean,
	"assertions" jsonb,
	CONSTRAINT "check_run_claimed" CHECK (("check_run"."state" = 'running') <= ("check_run"."claimed_by" is not null)),
	CONSTRAINT "check_run_finished" CHECK (("check_run"."state" = 'finished') = ("check_run"."finished_at" is not null) and ("check_run"."state" = 'finished') = ("check_run"."ending" is not null)),
	CONSTRAINT "check_run_exited" CHECK (("check_run"."ending" = 'exited') <= ("check_run"."exit_code" is not null and "check_run"."observed" is not null))
);
--> statement-breakpoint
CREATE TABLE "check_setting" (
	"item_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"content" jsonb NOT NULL,
	"reason" text NOT NULL,
	"person_id" uuid NOT NULL,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "check_setting_item_id_number_pk" PRIMARY KEY("item_id","number")
);
--> statement-breakpoint
CREATE TABLE "host" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "host_name_unique" UNIQUE("name")
);
--> statement-breakpoint
CREATE TABLE "host_key" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"requested_by" uuid NOT NULL,
	"requested_at" timestamp with time zone NOT NULL,
	"public_key" text,
	"sealed" "bytea",
	"made_at" timestamp with time zone,
	CONSTRAINT "host_key_name_unique" UNIQUE("name"),
	CONSTRAINT "host_key_made" CHECK (("host_key"."made_at" is null) = ("host_key"."public_key" is null) and ("host_key"."made_at" is null) = ("host_key"."sealed" is null))
);
--> statement-breakpoint
CREATE TABLE "host_version" (
	"id" uuid PRIMARY KEY NOT NULL,
	"host_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"content" jsonb NOT NULL,
	"digest" text NOT NULL,
	"proposal_id" uuid,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "host_version_number" UNIQUE("host_id","number"),
	CONSTRAINT "host_version_agreed" CHECK ("host_version"."proposal_id" is not null or "host_version"."content"->>'kind' = 'local')
);
--> statement-breakpoint
ALTER TABLE "check_result" RENAME COLUMN "job_id" TO "run_id";--> statement-breakpoint
ALTER TABLE "block_attestation" ADD CONSTRAINT "block_attestation_host_id_host_id_fk" FOREIGN KEY ("host_id") REFERENCES "public"."host"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "block_attestation" ADD CONSTRAINT "block_attestation_item_id_item_id_fk" FOREIGN KEY ("item_id") REFERENCES "public"."item"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "block_attestation" ADD CONSTRAINT "block_attestation_person_id_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "block_attestation" ADD CONSTRAINT "block_attestation_withdrawn_by_person_id_fk" FOREIGN KEY ("withdrawn_by") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "check_line" ADD CONSTRAINT "check_line_run_id_check_run_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."check_run"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "check_run" ADD CONSTRAINT "check_run_item_id_item_id_fk" FOREIGN KEY ("item_id") REFERENCES "public"."item"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "check_run" ADD CONSTRAINT "check_run_host_id_host_id_fk" FOREIGN KEY ("host_id") REFERENCES "public"."host"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "check_run" ADD CONSTRAINT "check_run_requested_by_person_id_fk" FOREIGN KEY ("requested_by") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "check_run" ADD CONSTRAINT "check_run_cancel_requested_by_person_id_fk" FOREIGN KEY ("cancel_requested_by") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "check_setting" ADD CONSTRAINT "check_setting_item_id_item_id_fk" FOREIGN KEY ("item_id") REFERENCES "public"."item"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "check_setting" ADD CONSTRAINT "check_setting_person_id_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "host_key" ADD CONSTRAINT "host_key_requested_by_person_id_fk" FOREIGN KEY ("requested_by") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "host_version" ADD CONSTRAINT "host_version_host_id_host_id_fk" FOREIGN KEY ("host_id") REFERENCES "public"."host"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "host_version" ADD CONSTRAINT "host_version_proposal_id_proposal_id_fk" FOREIGN KEY ("proposal_id") REFERENCES "public"."proposal"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "block_attestation_person" ON "block_attestation" USING btree ("digest","person_id") WHERE withdrawn_at is null;--> statement-breakpoint
CREATE INDEX "block_attestation_item" ON "block_attestation" USING btree ("item_id","at");--> statement-breakpoint
CREATE INDEX "check_run_item" ON "check_run" USING btree ("item_id","requested_at");--> statement-breakpoint
CREATE INDEX "check_run_state" ON "check_run" USING btree ("state","requested_at");--> statement-breakpoint
CREATE UNIQUE INDEX "check_run_one" ON "check_run" USING btree ("item_id") WHERE state <> 'finished';
--> statement-breakpoint
create trigger announce after insert or update on check_run for each row execute function announce_change();
--> statement-breakpoint
create trigger announce after insert or update on block_attestation for each row execute function announce_change();
--> statement-breakpoint
create trigger announce after insert on check_setting for each row execute function announce_change();
--> statement-breakpoint
create trigger announce after insert on check_result for each row execute function announce_change();
--> statement-breakpoint
create trigger announce after insert on host_version for each row execute function announce_change();
--> statement-breakpoint
create trigger announce after insert or update on host_key for each row execute function announce_change();
--> statement-breakpoint
-- One announcement for a page of lines, by its run and its last line.
create function announce_check_lines() returns trigger language plpgsql as $$
declare
  run record;
begin
  for run in select run_id, max(seq) as seq from added group by run_id loop
    perform pg_notify('countersign', json_build_object(
      'kind', 'check_line', 'id', run.run_id, 'tenantId', null, 'jobId', null, 'state', null, 'seq', run.seq::text
    )::text);
  end loop;
  return null;
end $$;
--> statement-breakpoint
create trigger announce after insert on check_line referencing new table as added for each statement execute function announce_check_lines();
--> statement-breakpoint
-- What a run gave stays what it gave, and a run goes forward only.
create function guard_check_run() returns trigger language plpgsql as $$
begin
  if old.state = 'finished' or (old.state = 'running' and new.state = 'requested') then
    raise exception 'check run % is % and cannot become %', old.id, old.state, new.state
      using errcode = 'check_violation', constraint = 'check_run_state';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger guard before update on check_run for each row execute function guard_check_run();
--> statement-breakpoint
-- A key that was made is never another one.
create function guard_host_key() returns trigger language plpgsql as $$
begin
  if old.made_at is not null then
    raise exception 'host key % is made and cannot change', old.id
      using errcode = 'check_violation', constraint = 'host_key_once';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger guard before update on host_key for each row execute function guard_host_key();
--> statement-breakpoint
-- An attestation that was withdrawn stays withdrawn: whoever still means it gives another one.
create function guard_block_attestation() returns trigger language plpgsql as $$
begin
  if old.withdrawn_at is not null then
    raise exception 'attestation % is withdrawn', old.id
      using errcode = 'check_violation', constraint = 'block_attestation_once';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger guard before update on block_attestation for each row execute function guard_block_attestation();
