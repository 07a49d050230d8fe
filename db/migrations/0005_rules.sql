CREATE TABLE "approval_rule_set" (
	"version" integer PRIMARY KEY NOT NULL,
	"content" jsonb NOT NULL,
	"proposal_id" uuid,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "approval_rule_set_proposal_id_unique" UNIQUE("proposal_id"),
	CONSTRAINT "approval_rule_set_by_two" CHECK ("approval_rule_set"."version" = 1 or "approval_rule_set"."proposal_id" is not null),
	CONSTRAINT "approval_rule_set_counts" CHECK ("approval_rule_set"."version" >= 1)
);
--> statement-breakpoint
CREATE TABLE "break_glass" (
	"job_id" uuid PRIMARY KEY NOT NULL,
	"requested_by" uuid NOT NULL,
	"person_id" uuid NOT NULL,
	"reason" text NOT NULL,
	"waived" jsonb NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"reviewed_by" uuid,
	"review_says" text,
	"reviewed_at" timestamp with time zone,
	CONSTRAINT "break_glass_second_person" CHECK ("break_glass"."person_id" <> "break_glass"."requested_by"),
	CONSTRAINT "break_glass_reviewer" CHECK ("break_glass"."reviewed_by" <> "break_glass"."person_id" and "break_glass"."reviewed_by" <> "break_glass"."requested_by")
);
--> statement-breakpoint
CREATE TABLE "standing_approval" (
	"id" uuid PRIMARY KEY NOT NULL,
	"proposal_id" uuid NOT NULL,
	"made_by" uuid NOT NULL,
	"approved_by" uuid NOT NULL,
	"cloud_id" uuid NOT NULL,
	"tenant_id" uuid,
	"stage_key" text NOT NULL,
	"stage_title" text NOT NULL,
	"stage_hash" text NOT NULL,
	"shape" text NOT NULL,
	"max_uses" integer NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"revoked_by" uuid,
	"revoked_at" timestamp with time zone,
	"revoke_reason" text,
	CONSTRAINT "standing_approval_proposal_id_unique" UNIQUE("proposal_id"),
	CONSTRAINT "standing_approval_second_person" CHECK ("standing_approval"."made_by" <> "standing_approval"."approved_by"),
	CONSTRAINT "standing_approval_bounded" CHECK ("standing_approval"."max_uses" between 1 and 100)
);
--> statement-breakpoint
CREATE TABLE "standing_use" (
	"standing_id" uuid NOT NULL,
	"n" integer NOT NULL,
	"job_id" uuid NOT NULL,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "standing_use_standing_id_n_pk" PRIMARY KEY("standing_id","n"),
	CONSTRAINT "standing_use_job" UNIQUE("job_id"),
	CONSTRAINT "standing_use_counts" CHECK ("standing_use"."n" >= 1)
);
--> statement-breakpoint
ALTER TABLE "job" ADD COLUMN "rules" jsonb;--> statement-breakpoint
ALTER TABLE "session" ADD COLUMN "stepped_up_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "runbook_version" ADD COLUMN "authored_by" uuid;--> statement-breakpoint
ALTER TABLE "approval_rule_set" ADD CONSTRAINT "approval_rule_set_proposal_id_proposal_id_fk" FOREIGN KEY ("proposal_id") REFERENCES "public"."proposal"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "break_glass" ADD CONSTRAINT "break_glass_job_id_job_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."job"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "break_glass" ADD CONSTRAINT "break_glass_person_id_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "break_glass" ADD CONSTRAINT "break_glass_reviewed_by_person_id_fk" FOREIGN KEY ("reviewed_by") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "standing_approval" ADD CONSTRAINT "standing_approval_proposal_id_proposal_id_fk" FOREIGN KEY ("proposal_id") REFERENCES "public"."proposal"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "standing_approval" ADD CONSTRAINT "standing_approval_made_by_person_id_fk" FOREIGN KEY ("made_by") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "standing_approval" ADD CONSTRAINT "standing_approval_approved_by_person_id_fk" FOREIGN KEY ("approved_by") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "standing_approval" ADD CONSTRAINT "standing_approval_cloud_id_cloud_id_fk" FOREIGN KEY ("cloud_id") REFERENCES "public"."cloud"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "standing_approval" ADD CONSTRAINT "standing_approval_tenant_id_tenant_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenant"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "standing_approval" ADD CONSTRAINT "standing_approval_revoked_by_person_id_fk" FOREIGN KEY ("revoked_by") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "standing_use" ADD CONSTRAINT "standing_use_standing_id_standing_approval_id_fk" FOREIGN KEY ("standing_id") REFERENCES "public"."standing_approval"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "standing_use" ADD CONSTRAINT "standing_use_job_id_job_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."job"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "standing_approval_stage" ON "standing_approval" USING btree ("cloud_id","stage_hash");--> statement-breakpoint
ALTER TABLE "runbook_version" ADD CONSTRAINT "runbook_version_authored_by_person_id_fk" FOREIGN KEY ("authored_by") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
-- The rules of a new installation, as server/domain/rule/rule.ts has them; a test holds the two together.
insert into approval_rule_set (version, content, at) values (1, '{"format":"rules/1","rules":[{"name":"Reads","when":{"effects":["read"],"operations":[],"clouds":[],"tenants":[],"stages":[]},"demands":{"approvers":0,"roles":[],"stepUp":false,"signature":null,"window":null,"never":[]}},{"name":"Changes","when":{"effects":["mutate"],"operations":[],"clouds":[],"tenants":[],"stages":[]},"demands":{"approvers":1,"roles":[],"stepUp":true,"signature":null,"window":null,"never":[]}},{"name":"Destruction","when":{"effects":["destroy"],"operations":[],"clouds":[],"tenants":[],"stages":[]},"demands":{"approvers":1,"roles":[],"stepUp":true,"signature":"operational","window":null,"never":[]}}],"breakGlass":[]}', now());
--> statement-breakpoint
-- Whoever wrote the block last does not approve what it does, whatever the code forgets.
create function approval_not_by_author() returns trigger language plpgsql as $$
begin
  if new.decision = 'approve' and exists (
    select 1 from job join runbook_version on runbook_version.id = job.runbook_version_id
    where job.id = new.job_id and runbook_version.authored_by = new.person_id
  ) then
    raise exception 'the author of a block does not approve its jobs' using errcode = 'check_violation';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger approval_not_by_author before insert on approval for each row execute function approval_not_by_author();
--> statement-breakpoint
-- Each version follows the one before it, so that none can be slipped in under the newest.
create function rule_set_follows() returns trigger language plpgsql as $$
begin
  if new.version <> coalesce((select max(version) from approval_rule_set), 0) + 1 then
    raise exception 'a set of rules follows the newest' using errcode = 'check_violation';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger rule_set_follows before insert on approval_rule_set for each row execute function rule_set_follows();
--> statement-breakpoint
create trigger announce after insert on approval_rule_set for each row execute function announce_change();
--> statement-breakpoint
create trigger announce after insert or update on break_glass for each row execute function announce_change();
--> statement-breakpoint
create trigger announce after insert or update on standing_approval for each row execute function announce_change();
--> statement-breakpoint
create trigger announce after insert on standing_use for each row execute function announce_change();
