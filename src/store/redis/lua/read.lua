-- ARGV: the wanted items. Answers nil, 'removed', or the head, the items and what is remembered.
local head = find_head()
if not head then return nil end
if head.removed_by then return 'removed' end
return {
  position_of(head), access_of(head), read_items(ARGV, true),
  REMEMBERED and redis.call('GET', REMEMBERED) or false,
}
