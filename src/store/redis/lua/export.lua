-- Answers nil, or everything of a story: head, access, time of the last commit, items, and the steps of each entry.
local head = find_head()
if not head or head.removed_by then return nil end

local items = items_after(0)
local steps = {}
local lines_of = hmget(REVISIONS, items)
for n, item in ipairs(items) do
  for line in string.gmatch(lines_of[n] or '', '[^\n]+') do
    local seq = digits(cjson.decode(line).seq)
    local texts = redis.call('HMGET', TEXTS, seq, seq .. 'm')
    steps[#steps + 1] = { item, line, texts[1], texts[2] }
  end
end
return { position_of(head), access_of(head), digits(head.changed_at), read_items(items, true), steps }
