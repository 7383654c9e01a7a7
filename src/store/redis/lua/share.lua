-- KEYS: a tally by node. ARGV: node, its share, for how many milliseconds it counts. Answers the sum of all shares
-- that count now. [presence]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local share = tonumber(ARGV[2])
if share > 0 then
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[2] .. ' ' .. string.format('%.0f', now + ARGV[3]))
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
else
  redis.call('HDEL', KEYS[1], ARGV[1])
end
local sum = 0
local shares = redis.call('HGETALL', KEYS[1])
for n = 1, #shares, 2 do
  local counted, expires_at = string.match(shares[n + 1], '^(%d+) (%d+)$')
  if tonumber(expires_at) > now then
    sum = sum + tonumber(counted)
  else
    redis.call('HDEL', KEYS[1], shares[n])
  end
end
return sum
