-- ARGV: the sort key below which the page begins, how many entries.
local head = find_head()
if not head or head.removed_by then return { '0', {} } end
local entries = {}
for _, member in ipairs(redis.call('ZRANGE', ORDER, '(' .. ARGV[1], '-', 'BYLEX', 'REV', 'LIMIT', 0, ARGV[2])) do
  entries[#entries + 1] = string.sub(member, 35)
end
return { digits(head.seq), read_items(entries) }
