-- ARGV: 'below' or 'above', the sort key at that edge of the page, how many entries. Answers those nearest to it first.
local head = find_head()
if not head or head.removed_by then return { '0', {} } end
local side, edge, limit = ARGV[1], ARGV[2], ARGV[3]
local members
if side == 'below' then
  members = redis.call('ZRANGE', ORDER, '(' .. edge, '-', 'BYLEX', 'REV', 'LIMIT', 0, limit)
else
  -- A member is a sort key and an id: none of this very sort key is above it.
  members = redis.call('ZRANGE', ORDER, '(' .. edge .. '\255', '+', 'BYLEX', 'LIMIT', 0, limit)
end
local entries = {}
for _, member in ipairs(members) do
  entries[#entries + 1] = string.sub(member, 35)
end
return { digits(head.seq), read_items(entries) }
