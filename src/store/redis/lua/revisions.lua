-- ARGV: an entry. Answers its revision records, oldest first, each with what it said.
local lines = redis.call('HGET', REVISIONS, ARGV[1])
local found = {}
for line in string.gmatch(lines or '', '[^\n]+') do
  local seq = digits(cjson.decode(line).seq)
  local texts = redis.call('HMGET', TEXTS, seq, seq .. 'm')
  found[#found + 1] = { line, texts[1], texts[2] }
end
return found
