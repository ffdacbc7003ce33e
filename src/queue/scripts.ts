/**
 * What has to happen in Redis at once or not at all. Redis runs a script as one step, and writes it to its append-only file as one:
 * whenever somebody dies, all of it happened or nothing.
 */

/**
 * Takes names that are new, and lays them into the outbox, cut into batches. The names are in Redis from then on, whoever dies;
 * what is in the outbox is made jobs of next (`intake.ts`).
 *
 * KEYS: the outbox, the counts, then the set of each name. ARGV: the size of a batch, then for each name its number in the set and
 * itself, as JSON.
 * Gives, for each batch, its place in the outbox and its names as JSON.
 */
export const CLAIM = `
local size = tonumber(ARGV[1])
local batches = {}
local batch = {}
local added = 0
local function close()
  if #batch == 0 then return end
  local place = redis.call('HINCRBY', KEYS[2], 'batches', 1)
  local names = '[' .. table.concat(batch, ',') .. ']'
  redis.call('HSET', KEYS[1], place, names)
  table.insert(batches, tostring(place))
  table.insert(batches, names)
  batch = {}
end
for index = 3, #KEYS do
  local at = (index - 3) * 2 + 2
  if redis.call('SADD', KEYS[index], ARGV[at]) == 1 then
    table.insert(batch, ARGV[at + 1])
    added = added + 1
    if #batch == size then close() end
  end
end
close()
if added > 0 then redis.call('HINCRBY', KEYS[2], 'added', added) end
return batches
`

/**
 * Stores the result of a job, unless it has one, so that each image has one result however often its job is done; and unless the job
 * is gone, since the queue was cleared.
 *
 * KEYS: the results, their order, the counts, the rate, the job. ARGV: the job's id, the lines, then the counts as name and number, of which
 * the first is that of images.
 * Gives 1, or 0 where nothing was stored.
 */
export const STORE = `
if redis.call('EXISTS', KEYS[5]) == 0 then return 0 end
if redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2]) == 0 then return 0 end
redis.call('RPUSH', KEYS[2], ARGV[1])
for at = 3, #ARGV, 2 do redis.call('HINCRBY', KEYS[3], ARGV[at], ARGV[at + 1]) end
local span = math.floor(redis.call('TIME')[1] / 10)
redis.call('HINCRBY', KEYS[4], span, ARGV[4])
if redis.call('HLEN', KEYS[4]) > 60 then
  for _, old in ipairs(redis.call('HKEYS', KEYS[4])) do
    if tonumber(old) < span - 30 then redis.call('HDEL', KEYS[4], old) end
  end
end
return 1
`

/**
 * Empties the results of jobs that were fetched. That they have one stays known.
 *
 * KEYS: the results, the counts. ARGV: how many images they have, then the ids of the jobs.
 */
export const FORGET = `
for at = 2, #ARGV do redis.call('HSET', KEYS[1], ARGV[at], '') end
redis.call('HINCRBY', KEYS[2], 'removed', ARGV[1])
return 1
`
