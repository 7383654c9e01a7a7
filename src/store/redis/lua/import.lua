-- ARGV: facts as JSON (epoch, seq, tag, changedAt, status, origins, items with placement and sort key, steps with
-- item, seq and record), then body and Markdown of each item, then of each step; an empty one is none.
-- Answers 'taken' when there is or was such a story, otherwise 'imported'.
if redis.call('EXISTS', HEAD) == 1 then return 'taken' end
local facts = cjson.decode(ARGV[1])

local next_text = 2
local function keep_texts(seq)
  local body, markdown = ARGV[next_text], ARGV[next_text + 1]
  next_text = next_text + 2
  if body ~= '' then redis.call('HSET', TEXTS, digits(seq), body) end
  if markdown ~= '' then redis.call('HSET', TEXTS, digits(seq) .. 'm', markdown) end
end

redis.call('HSET', HEAD, 'epoch', facts.epoch, 'seq', facts.seq, 'tag', facts.tag, 'changed_at', facts.changedAt,
  'status', facts.status, 'origins', facts.origins)
redis.call('ZADD', TAGS, facts.seq, facts.tag)
for _, item in ipairs(facts.items) do
  redis.call('HSET', ITEMS, item.item, item.placement)
  redis.call('ZADD', SEQS, item.seq, item.item)
  if item.sortKey then redis.call('ZADD', ORDER, 0, item.sortKey) end
  keep_texts(item.seq)
end
for _, step in ipairs(facts.steps) do
  local lines = redis.call('HGET', REVISIONS, step.item)
  redis.call('HSET', REVISIONS, step.item, lines and lines .. '\n' .. step.record or step.record)
  keep_texts(step.seq)
end
return 'imported'
