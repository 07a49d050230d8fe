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
ALTER TABLE "job" ADD COLUMN "rules" jsonb;--> statement-breakpoint
ALTER TABLE "session" ADD COLUMN "stepped_up_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "runbook_version" ADD COLUMN "authored_by" uuid;--> statement-breakpoint
ALTER TABLE "approval_rule_set" ADD CONSTRAINT "approval_rule_set_proposal_id_proposal_id_fk" FOREIGN KEY ("proposal_id") REFERENCES "public"."proposal"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
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
