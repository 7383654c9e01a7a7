-- Before every script of a story. What it finds and leaves is described in ../key-space.ts.
local HEAD, ITEMS, SEQS, ORDER, TEXTS, REVISIONS, TAGS, COMMITS, LOG, CHANGES, REMEMBERED = unpack(KEYS)

-- Lua's unpack has a limit of some thousands.
local CHUNK = 1000

local function now_ms()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local function digits(number)
  return string.format('%.0f', number)
end

local function find_head()
  local found = redis.call('HMGET', HEAD, 'epoch', 'seq', 'tag', 'changed_at', 'status', 'origins', 'removed_by')
  if not found[1] then return nil end
  return {
    epoch = found[1], seq = tonumber(found[2]), tag = found[3], changed_at = tonumber(found[4]),
    status = found[5], origins = found[6], removed_by = found[7],
  }
end

local function position_of(head)
  return { head.epoch, digits(head.seq), head.tag }
end

local function access_of(head)
  return { head.status, head.origins }
end

local function hmget(key, fields)
  local found = {}
  for first = 1, #fields, CHUNK do
    local part = redis.call('HMGET', key, unpack(fields, first, math.min(first + CHUNK - 1, #fields)))
    for n = 1, #part do found[first + n - 1] = part[n] end
  end
  return found
end

-- Of each item that is there: its placement, what it says, and its Markdown if that is wanted.
local function read_items(items, with_markdown)
  local placements = hmget(ITEMS, items)
  local there, bodies, markdowns = {}, {}, {}
  for n = 1, #items do
    if placements[n] then
      local seq = digits(cjson.decode(placements[n]).seq)
      there[#there + 1] = placements[n]
      bodies[#bodies + 1] = seq
      markdowns[#markdowns + 1] = seq .. 'm'
    end
  end
  bodies = hmget(TEXTS, bodies)
  markdowns = with_markdown and hmget(TEXTS, markdowns) or {}
  local read = {}
  for n = 1, #there do
    read[#read + 1] = { there[n], bodies[n] or false, markdowns[n] or false }
  end
  return read
end

local function items_after(seq)
  return redis.call('ZRANGE', SEQS, '(' .. digits(seq), '+inf', 'BYSCORE')
end

-- Of this epoch, ascending: tag, seq, tag, seq …
local function tags_after(seq)
  return redis.call('ZRANGE', TAGS, '(' .. digits(seq), '+inf', 'BYSCORE', 'WITHSCORES')
end

local function announce(message)
  redis.call('SPUBLISH', CHANGES, message)
end
