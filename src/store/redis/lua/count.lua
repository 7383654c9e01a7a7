-- KEYS: a counter. ARGV: for how many milliseconds after its first count it counts. Answers the count, and for how long
-- it still goes on.
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return { count, redis.call('PTTL', KEYS[1]) }
