-- KEYS: keys by id, ids by hash, times of revocation by id. ARGV: hash.
local id = redis.call('HGET', KEYS[2], ARGV[1])
if not id then return nil end
return { redis.call('HGET', KEYS[1], id), redis.call('HGET', KEYS[3], id) }
