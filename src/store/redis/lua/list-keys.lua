-- KEYS: keys by id, ids by age, times of revocation by id.
local found = {}
for _, id in ipairs(redis.call('ZRANGE', KEYS[2], 0, -1)) do
  found[#found + 1] = { redis.call('HGET', KEYS[1], id), redis.call('HGET', KEYS[3], id) }
end
return found
