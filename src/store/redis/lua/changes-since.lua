-- ARGV: epoch, seq and tag of a position. Answers nil when it cannot be resumed.
local head = find_head()
if not head or head.removed_by then return nil end
local epoch, seq, tag = ARGV[1], tonumber(ARGV[2]), ARGV[3]
if epoch ~= head.epoch or seq > head.seq then return nil end
if redis.call('ZRANGE', TAGS, seq, seq, 'BYSCORE')[1] ~= tag then return nil end
return { position_of(head), access_of(head), tags_after(seq), read_items(items_after(seq)) }
