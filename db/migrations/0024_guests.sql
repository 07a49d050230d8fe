CREATE TABLE "desired_state" (
	"id" uuid PRIMARY KEY NOT NULL,
	"tenant_id" uuid NOT NULL,
	"generation" integer NOT NULL,
	"document" jsonb NOT NULL,
	"saved_by" uuid NOT NULL,
	"reason" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "desired_state_generation" UNIQUE("tenant_id","generation")
);
--> statement-breakpoint
CREATE TABLE "guest_observation" (
	"tenant_id" uuid PRIMARY KEY NOT NULL,
	"document" jsonb,
	"observed_at" timestamp with time zone,
	"tried_at" timestamp with time zone NOT NULL,
	"problem" text
);
--> statement-breakpoint
ALTER TABLE "cloud" ADD COLUMN "kind" text DEFAULT 'openstack' NOT NULL;--> statement-breakpoint
ALTER TABLE "desired_state" ADD CONSTRAINT "desired_state_tenant_id_tenant_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenant"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "desired_state" ADD CONSTRAINT "desired_state_saved_by_person_id_fk" FOREIGN KEY ("saved_by") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "guest_observation" ADD CONSTRAINT "guest_observation_tenant_id_tenant_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenant"("id") ON DELETE no action ON UPDATE no action;