CREATE TABLE "host_recovery" (
	"id" uuid PRIMARY KEY NOT NULL,
	"tenant_id" uuid NOT NULL,
	"armed_by" uuid NOT NULL,
	"reason" text NOT NULL,
	"armed_at" timestamp with time zone NOT NULL,
	"until" timestamp with time zone NOT NULL,
	"ended_by" uuid,
	"ended_at" timestamp with time zone,
	CONSTRAINT "host_recovery_bounded" CHECK ("host_recovery"."until" <= "host_recovery"."armed_at" + interval '4 hours'),
	CONSTRAINT "host_recovery_ended" CHECK (("host_recovery"."ended_by" is null) = ("host_recovery"."ended_at" is null))
);
--> statement-breakpoint
ALTER TABLE "host_recovery" ADD CONSTRAINT "host_recovery_tenant_id_tenant_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenant"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "host_recovery" ADD CONSTRAINT "host_recovery_armed_by_person_id_fk" FOREIGN KEY ("armed_by") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "host_recovery" ADD CONSTRAINT "host_recovery_ended_by_person_id_fk" FOREIGN KEY ("ended_by") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "host_recovery_host" ON "host_recovery" USING btree ("tenant_id","until");