-- A partner's receipts, page by page. Under a collation of its own the index serves those pages and nothing else: while
-- the inbox had no statistics yet, events were looked up by id through it, all of a partner's rows for each.
DROP INDEX inbox_receipts;
CREATE INDEX inbox_receipts ON inbox (partner COLLATE "C", seq);
