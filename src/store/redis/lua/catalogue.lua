-- KEYS: the listed stories, the slugs of removed ones. ARGV: prefix of the indexes, slug, time of the latest change, the story as JSON with its
-- status and topics; without it the story is taken out for good.
local listed, gone = KEYS[1], KEYS[2]
local prefix, slug, changed_at, json = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4]

local function indexes_of(entry)
  local indexes = { prefix .. entry.status }
  for _, topic in ipairs(entry.topics) do indexes[#indexes + 1] = prefix .. entry.status .. ':' .. topic end
  return indexes
end

-- Another node may have read the story before it was removed, and tell of it afterwards.
if json and redis.call('SISMEMBER', gone, slug) == 1 then return 0 end
if not json then redis.call('SADD', gone, slug) end

local before = redis.call('HGET', listed, slug)
if before then
  before = cjson.decode(before)
  -- Nodes may tell in another order than the commits had. At the same time, the one with more changes is later.
  if json then
    local entry = cjson.decode(json)
    local earlier = changed_at < before.changedAtMs
    if earlier or (changed_at == before.changedAtMs and entry.headSeq < before.headSeq) then return 0 end
  end
  for _, index in ipairs(indexes_of(before)) do redis.call('ZREM', index, slug) end
end
if json then
  redis.call('HSET', listed, slug, json)
  for _, index in ipairs(indexes_of(cjson.decode(json))) do redis.call('ZADD', index, -changed_at, slug) end
else
  redis.call('HDEL', listed, slug)
end
return 1
