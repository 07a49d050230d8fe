CREATE TABLE "ssh_engine" (
	"authority_id" uuid PRIMARY KEY NOT NULL,
	"engine" jsonb NOT NULL,
	"trial_id" uuid NOT NULL
);
--> statement-breakpoint
CREATE TABLE "ssh_engine_token" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"addr" text NOT NULL,
	"fingerprint" text NOT NULL,
	"sealed" "bytea" NOT NULL,
	"at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "ssh_engine_trial" (
	"id" uuid PRIMARY KEY NOT NULL,
	"engine" jsonb NOT NULL,
	"digest" text NOT NULL,
	"requested_by" uuid NOT NULL,
	"requested_at" timestamp with time zone NOT NULL,
	"state" text NOT NULL,
	"findings" jsonb NOT NULL,
	"ended_at" timestamp with time zone,
	CONSTRAINT "ssh_engine_trial_ended" CHECK (("ssh_engine_trial"."state" = 'requested') = ("ssh_engine_trial"."ended_at" is null))
);
--> statement-breakpoint
ALTER TABLE "ssh_authority" DROP CONSTRAINT "ssh_authority_public_key_unique";--> statement-breakpoint
ALTER TABLE "ssh_engine" ADD CONSTRAINT "ssh_engine_authority_id_ssh_authority_id_fk" FOREIGN KEY ("authority_id") REFERENCES "public"."ssh_authority"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ssh_engine" ADD CONSTRAINT "ssh_engine_trial_id_ssh_engine_trial_id_fk" FOREIGN KEY ("trial_id") REFERENCES "public"."ssh_engine_trial"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ssh_engine_trial" ADD CONSTRAINT "ssh_engine_trial_requested_by_person_id_fk" FOREIGN KEY ("requested_by") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "ssh_engine_trial_digest" ON "ssh_engine_trial" USING btree ("digest","ended_at");
--> statement-breakpoint
-- What came of a trial stays so.
create function ssh_engine_trial_ends_once() returns trigger language plpgsql as $$
begin
  if old.state <> 'requested' then
    raise exception 'a trial ends once' using errcode = '23514';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger ssh_engine_trial_ends_once before update on ssh_engine_trial for each row execute function ssh_engine_trial_ends_once();
--> statement-breakpoint
create trigger announce after insert or update on ssh_engine_trial for each row execute function announce_change();
