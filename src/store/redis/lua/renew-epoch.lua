-- ARGV: the epoch that is to end, the epoch and the tag that follow. Answers the head after it. [S7]
local head = find_head()
if not head or head.removed_by then return nil end
if head.epoch ~= ARGV[1] then return position_of(head) end
head.epoch, head.tag = ARGV[2], ARGV[3]
redis.call('HSET', HEAD, 'epoch', head.epoch, 'tag', head.tag)
redis.call('DEL', TAGS)
redis.call('ZADD', TAGS, head.seq, head.tag)
announce(cjson.encode({ kind = 'renewed', head = { epoch = head.epoch, seq = head.seq, tag = head.tag } }))
return position_of(head)
