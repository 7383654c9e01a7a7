-- ARGV: an entry, a revision of it.
local placement = redis.call('HGET', ITEMS, ARGV[1])
if not placement then return 'unknown' end
local present = cjson.decode(placement)
for line in string.gmatch(redis.call('HGET', REVISIONS, ARGV[1]) or '', '[^\n]+') do
  local record = cjson.decode(line)
  if record.revision == tonumber(ARGV[2]) and record.action ~= 'retract' then
    if present.kind == 'entry' and present.seq == record.seq then return 'current' end
    redis.call('HDEL', TEXTS, digits(record.seq), digits(record.seq) .. 'm')
    return 'erased'
  end
end
return 'unknown'
