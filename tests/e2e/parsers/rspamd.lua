-- The parts of messages as rspamd sees them; for `rspamadm lua -b -e`. What it reads and writes: see python.py
local rspamd_task = require "rspamd_task"
local rspamd_util = require "rspamd_util"

local function base64(s)
  return tostring(rspamd_util.encode_base64(s or '', 0))
end

local function row(type, name, body)
  print(table.concat({ base64(type), base64(name), base64(body) }, '\t'))
end

for path in io.lines() do
  local ok, task = rspamd_task.load_from_file(path, rspamd_config)
  if ok and task:process_message() then
    for _, part in ipairs(task:get_parts()) do
      if not part:is_multipart() and not part:is_message() then
        local main, sub = part:get_type()
        row((main or '') .. '/' .. (sub or ''), part:get_filename(), part:get_content())
      end
    end
  else
    row('!', '', 'cannot read the message')
  end
  if ok then task:destroy() end
  print('.')
end
