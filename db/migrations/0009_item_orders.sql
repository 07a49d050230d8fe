DROP INDEX "item_open";--> statement-breakpoint
DROP INDEX "item_due";--> statement-breakpoint
DROP INDEX "item_changed";--> statement-breakpoint
DROP INDEX "item_owner";--> statement-breakpoint
ALTER TABLE "item" drop column "search";--> statement-breakpoint
ALTER TABLE "item" ADD COLUMN "search" "tsvector" GENERATED ALWAYS AS (setweight(to_tsvector('simple', translate(code || ' ' || title, E'-_/.:@#=<>+&%~,;\'"()[]{}|\\*`?!$^', repeat(' ', 40))), 'A') || setweight(to_tsvector('simple', translate(words, E'-_/.:@#=<>+&%~,;\'"()[]{}|\\*`?!$^', repeat(' ', 40))), 'B')) STORED;--> statement-breakpoint
ALTER TABLE "item" ADD COLUMN "code_order" text collate "C" GENERATED ALWAYS AS (regexp_replace(regexp_replace(upper(code), '([0-9]+)', '000000000\1', 'g'), '[0-9]*([0-9]{10})', '\1', 'g')) STORED NOT NULL;--> statement-breakpoint
CREATE INDEX "item_by_code" ON "item" USING btree ("code_order","id") WHERE removed_at is null;--> statement-breakpoint
CREATE INDEX "item_by_age" ON "item" USING btree ("created_at","id") WHERE removed_at is null;--> statement-breakpoint
CREATE INDEX "item_by_due" ON "item" USING btree (coalesce(due_on, 'infinity'::date),"id") WHERE removed_at is null;--> statement-breakpoint
CREATE INDEX "item_by_change" ON "item" USING btree ("changed_at","id") WHERE removed_at is null;--> statement-breakpoint
CREATE INDEX "item_kind" ON "item" USING btree ("kind","code_order","id") WHERE removed_at is null;--> statement-breakpoint
CREATE INDEX "item_state" ON "item" USING btree ("state","code_order","id") WHERE removed_at is null;--> statement-breakpoint
CREATE INDEX "item_document" ON "item" USING btree ("document_id","code_order","id") WHERE removed_at is null;--> statement-breakpoint
CREATE INDEX "item_counts" ON "item" USING btree ("kind","state","owner_id","document_id","due_on","created_at","closed_at") WHERE removed_at is null;--> statement-breakpoint
CREATE INDEX "item_owner" ON "item" USING btree ("owner_id","code_order","id") WHERE removed_at is null;
--> statement-breakpoint
-- It went with the column that it was on.
CREATE INDEX "item_search" ON "item" USING gin ("search");--> statement-breakpoint
-- What a list never shows is kept beside the rows, so that a hundred thousand of them are read quickly.
ALTER TABLE "item" SET (toast_tuple_target = 256);
