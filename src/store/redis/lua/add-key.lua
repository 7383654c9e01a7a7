-- KEYS: keys by id, ids by hash, ids by age. ARGV: id, hash, time of creation, the key as JSON.
redis.call('HSET', KEYS[1], ARGV[1], ARGV[4])
redis.call('HSET', KEYS[2], ARGV[2], ARGV[1])
redis.call('ZADD', KEYS[3], ARGV[3], ARGV[1])
return 1
