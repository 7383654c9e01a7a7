-- ARGV: how many entries. Answers nil, 'removed', or all that a feed starts with.
local head = find_head()
if not head then return nil end
if head.removed_by then return 'removed' end

local entries = {}
for _, member in ipairs(redis.call('ZRANGE', ORDER, '+', '-', 'BYLEX', 'REV', 'LIMIT', 0, ARGV[1])) do
  entries[#entries + 1] = string.sub(member, 35)
end
local shown = { story = true, background = true }
for _, item in ipairs(entries) do shown[item] = true end

local tags = tags_after(0)
local recent = {}
for _, item in ipairs(items_after(tonumber(tags[2] or head.seq))) do
  if not shown[item] then recent[#recent + 1] = item end
end

return {
  position_of(head), access_of(head), tags,
  read_items({ 'story', 'background' }), read_items(entries), read_items(recent),
  redis.call('ZCARD', ORDER),
}
