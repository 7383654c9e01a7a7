-- KEYS: the listed stories, then one index for each asked status. ARGV: how many, and the score and slug after which
-- to begin, if any. Answers { score, slug, listed story } each, by score, then by slug.
local limit, after_score, after_slug = tonumber(ARGV[1]), ARGV[2], ARGV[3]
local found = {}

local function take(index, from, to)
  local members = redis.call('ZRANGE', index, from, to, 'BYSCORE', 'LIMIT', 0, limit, 'WITHSCORES')
  for n = 1, #members, 2 do found[#found + 1] = { members[n + 1], members[n] } end
end

for n = 2, #KEYS do
  if after_score then
    -- Those of the very same time are few: all that the index has of it are looked at.
    local same = redis.call('ZRANGE', KEYS[n], after_score, after_score, 'BYSCORE')
    for _, slug in ipairs(same) do
      if slug > after_slug then found[#found + 1] = { after_score, slug } end
    end
    take(KEYS[n], '(' .. after_score, '+inf')
  else
    take(KEYS[n], '-inf', '+inf')
  end
end

table.sort(found, function(a, b)
  local first, second = tonumber(a[1]), tonumber(b[1])
  if first ~= second then return first < second end
  return a[2] < b[2]
end)

local listed = {}
for n = 1, math.min(limit, #found) do
  local story = redis.call('HGET', KEYS[1], found[n][2])
  if story then listed[#listed + 1] = { found[n][1], found[n][2], story } end
end
return listed
