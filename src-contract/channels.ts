/**
 * Every name that crosses the process border, as `area:verb`. This file imports nothing, so that the
 * sandboxed preload can bundle it: a new channel is a line here and needs no edit in the preload.
 */

/** Channels the renderer may ask on; each takes one argument object and answers with an `Answer`. */
export const requestChannels = [
  'app:info',
  'demo:start',
  'demo:leave',
  'settings:get',
  'settings:set',
  'settings:set-proxy-password',
  'vault:state',
  'vault:retry',
  'servers:list',
  'servers:inspect-address',
  'servers:add',
  'servers:update',
  'servers:remove',
  'servers:reorder',
  'servers:test',
  'servers:try-once',
  'servers:pause',
  'servers:set-read-only',
  'credentials:set',
  'synchronizations:list',
  'synchronizations:refresh',
  'synchronizations:detail',
  'synchronizations:start',
  'synchronizations:stop',
  'synchronizations:restart',
  'synchronizations:preview-edit',
  'synchronizations:apply-edit',
  'synchronizations:preview-connection',
  'synchronizations:update-connection',
  'synchronizations:create',
  'synchronizations:delete',
  'connectors:resync',
  'connectors:links',
  'connectors:delete-link',
  'connectors:plan-import',
  'connectors:import-links',
  'connectors:export-links',
  'drafts:list',
  'drafts:set',
  'conflicts:list',
  'conflicts:answer',
  'conflicts:refresh',
  'conflicts:mark-seen',
  'conflicts:export',
  'history:timeline',
  'notifications:list',
  'notifications:mark-read',
  'notifications:clear',
  'snoozes:list',
  'snoozes:set',
  'snoozes:end',
  'monitor:network',
  'storage:info',
  'storage:check',
  'storage:backup',
  'storage:clear-cache',
  'snapshots:list',
  'snapshots:export',
  'audit:list',
  'audit:export',
  'clipboard:write',
  'tasks:list',
  'tasks:clear-ended',
  'links:open',
] as const

/** Topics the main process reports on by itself. */
export const eventTopics = [
  'settings:changed',
  'vault:changed',
  'servers:changed',
  'servers:test-step',
  'synchronizations:changed',
  'tasks:changed',
  'conflicts:changed',
  'notifications:changed',
  'snoozes:changed',
  'storage:changed',
  'window:navigate',
  'audit:changed',
] as const

/** The single wire channel on which every event travels; the topic is inside the message. */
export const EVENT_CHANNEL = 'syncdeck:event'

export type RequestChannel = (typeof requestChannels)[number]
export type EventTopic = (typeof eventTopics)[number]
