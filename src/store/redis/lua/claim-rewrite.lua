-- KEYS: what is owed, and the claim that lasts as long as nobody else may ask for a rewrite. ARGV: its milliseconds.
-- Answers 1 to the one caller that is to ask for the rewrite of the append-only files now. [S6]
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
if not redis.call('SET', KEYS[2], '1', 'NX', 'PX', ARGV[1]) then return 0 end
redis.call('DEL', KEYS[1])
return 1
