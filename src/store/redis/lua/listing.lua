-- Answers nil, 'removed', or what the catalogue needs of a story.
local head = find_head()
if not head then return nil end
if head.removed_by then return 'removed' end
return { position_of(head), access_of(head), digits(head.changed_at), read_items({ 'story' }) }
