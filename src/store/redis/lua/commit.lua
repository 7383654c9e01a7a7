-- ARGV: the commit as JSON (see ../commit-request.ts), then body and Markdown of each write.
-- Answers { outcome, time, … }. Nothing is written before it is certain that all can be. [S1]
local commit = cjson.decode(ARGV[1])
local now = now_ms()
local head = find_head()

-- What was done before is answered before anything else is looked at. [S5]
if head and head.removed_by then
  if head.removed_by == commit.tag then return { 'done', now, position_of(head), false } end
  return { 'conflict', now }
end
if head then
  local past = redis.call('HGET', COMMITS, commit.tag)
  if past then
    past = cjson.decode(past)
    return { 'again', now, past.head, read_items(past.items) }
  end
  local remembered = REMEMBERED and redis.call('GET', REMEMBERED)
  if remembered then return { 'repeat', now, remembered } end
end
if now > commit.expiresAt then return { 'late', now } end

local held = {}
local function find(item)
  if held[item] == nil then
    local placement = redis.call('HGET', ITEMS, item)
    held[item] = placement and cjson.decode(placement) or false
  end
  return held[item]
end

for _, guard in ipairs(commit.guards) do
  local found = find(guard.item)
  if (found and found.seq or 0) ~= guard.seq then return { 'conflict', now } end
end

if commit.writes[1] and commit.writes[1].kind == 'removal' then
  if not head then return { 'conflict', now } end
  redis.call('DEL', ITEMS, SEQS, ORDER, TEXTS, REVISIONS, TAGS, COMMITS, LOG)
  redis.call('HDEL', HEAD, 'changed_at', 'status', 'origins')
  redis.call('HSET', HEAD, 'removed_by', commit.tag)
  announce('{"kind":"removed"}')
  return { 'done', now, position_of(head), false }
end

-- Never before the story's last commit, whatever the clock does.
local at = math.max(now, head and head.changed_at or 0)
local from = head and head.seq or 0

-- What a write makes of its item; nil when that cannot be.
local function plan(write, before, seq)
  local placement = {
    item = write.item, kind = write.kind, seq = seq, changedAt = at,
    firstSeq = before and before.firstSeq or seq,
    firstAt = before and before.firstAt or at,
    revision = before and before.revision + 1 or 1,
  }
  if write.kind == 'entry' then
    if before and before.kind == 'retraction' then return nil end
    if not before then
      placement.firstAt = write.publishedAt or at
      placement.changedAt = placement.firstAt
    end
  elseif write.kind == 'retraction' then
    if not before or before.kind ~= 'entry' then return nil end
    placement.revision = before.revision
  end
  return placement
end

local steps = {}
for n, write in ipairs(commit.writes) do
  local before = find(write.item)
  local after = plan(write, before, from + n)
  if not after then return { 'conflict', now } end
  held[write.item] = after
  steps[n] = { write = write, before = before, after = after }
end
if not find('story') then return { 'conflict', now } end

local function sort_key(placement)
  return string.format('%016.0f:%016.0f:%s', placement.firstAt + 1e15, placement.firstSeq, placement.item)
end

local function erase_text(seq)
  redis.call('HDEL', TEXTS, digits(seq), digits(seq) .. 'm')
end

local function add_revision(item, action, placement)
  local line = cjson.encode({
    seq = placement.seq, revision = placement.revision, action = action, at = placement.changedAt,
    byId = commit.by.id, byName = commit.by.name,
  })
  local lines = redis.call('HGET', REVISIONS, item)
  redis.call('HSET', REVISIONS, item, lines and lines .. '\n' .. line or line)
end

local function store(n, step)
  local write, before, after = step.write, step.before, step.after
  local seq = digits(after.seq)
  if write.kind == 'retraction' then
    for line in string.gmatch(redis.call('HGET', REVISIONS, write.item) or '', '[^\n]+') do
      erase_text(cjson.decode(line).seq)
    end
    redis.call('ZREM', ORDER, sort_key(before))
    add_revision(write.item, 'retract', after)
  else
    if write.hasBody then redis.call('HSET', TEXTS, seq, ARGV[2 * n]) end
    if write.hasMarkdown then redis.call('HSET', TEXTS, seq .. 'm', ARGV[2 * n + 1]) end
    if write.kind == 'entry' then
      add_revision(write.item, before and 'revise' or 'publish', after)
      if not before then redis.call('ZADD', ORDER, 0, sort_key(after)) end
    elseif before then
      erase_text(before.seq)
    end
  end
  redis.call('HSET', ITEMS, write.item, cjson.encode(after))
  redis.call('ZADD', SEQS, after.seq, write.item)
end

-- The item as everybody may see it, each told once, in its last form.
local function announcement(previous)
  local placements, bodies = {}, {}
  for n, step in ipairs(steps) do
    if held[step.write.item] == step.after then
      placements[#placements + 1] = cjson.encode(step.after)
      bodies[#bodies + 1] = step.write.hasBody and ARGV[2 * n] or 'null'
    end
  end
  local facts = cjson.encode({
    kind = 'commit', epoch = head.epoch, from = from, to = head.seq, tag = head.tag,
    previousTag = previous or nil, status = head.status,
  })
  return string.sub(facts, 1, -2) .. ',"allowedOrigins":' .. head.origins ..
    ',"placements":[' .. table.concat(placements, ',') .. ']}\n' .. table.concat(bodies, '\n')
end

local message = false
if #steps > 0 then
  for n, step in ipairs(steps) do store(n, step) end
  local previous = head and head.tag
  head = head or { epoch = commit.newEpoch }
  head.seq, head.tag, head.changed_at = from + #steps, commit.tag, at
  head.status, head.origins = commit.status or head.status, commit.origins or head.origins
  redis.call('HSET', HEAD, 'epoch', head.epoch, 'seq', head.seq, 'tag', head.tag, 'changed_at', head.changed_at,
    'status', head.status, 'origins', head.origins)
  redis.call('ZADD', TAGS, head.seq, head.tag)
  redis.call('ZREMRANGEBYRANK', TAGS, 0, -commit.keepCommits - 1)
  message = announcement(previous)
end

local items, listed = {}, {}
for _, write in ipairs(commit.writes) do
  if not listed[write.item] then items[#items + 1] = write.item end
  listed[write.item] = true
end
redis.call('HSET', COMMITS, commit.tag, cjson.encode({ head = position_of(head), items = items }))
if redis.call('RPUSH', LOG, commit.tag) > commit.keepCommits then
  redis.call('HDEL', COMMITS, redis.call('LPOP', LOG))
end
if commit.idempotency then
  local answer = cjson.encode({
    bodyHash = commit.idempotency.bodyHash, epoch = head.epoch, seq = head.seq, tag = head.tag,
  })
  redis.call('SET', REMEMBERED, answer .. '\n' .. commit.idempotency.ids, 'PX', commit.idempotency.windowMs)
end
if message then announce(message) end
return { 'done', now, position_of(head), message }
